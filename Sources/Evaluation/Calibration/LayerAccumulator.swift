import Execution
import ModelCompression
import NetworkGraph
import Operators
import Tensors

/// Sums up what batches of samples show of one layer.
///
/// One thread adds to it at a time, batch after batch in their order, so that sums do not depend on
/// the number of threads.
final class LayerAccumulator: @unchecked Sendable {
  // @unchecked: handed from thread to thread, never used by two at once.
  let place: CalibratedLayer
  let needs: Set<StatisticsNeed>
  private var rows = 0
  private var sums: [Double]
  private var squares: [Double]
  private let products: ColumnProducts?
  private var magnitudes: [Double]
  private var zeros: [Int]
  private var outputCount = 0
  /// Why nothing more is added; nil as long as all is well.
  private(set) var failure: EngineError?

  /// Nothing is summed yet.
  init(_ place: CalibratedLayer, needs: Set<StatisticsNeed>) {
    self.place = place
    self.needs = needs
    let seesInputs = needs.contains(.inputMoments) || needs.contains(.inputProducts)
    let length = seesInputs ? place.groups * place.columns : 0
    sums = [Double](repeating: 0, count: length)
    squares = sums
    products =
      needs.contains(.inputProducts)
      ? ColumnProducts(groups: place.groups, columns: place.columns) : nil
    let channels = needs.contains(.outputActivations) ? place.channels : 0
    magnitudes = [Double](repeating: 0, count: channels)
    zeros = [Int](repeating: 0, count: channels)
  }

  /// Adds one batch, unless an earlier one did not fit the layer.
  ///
  /// - Parameter values: The values of the graph that ``CalibratedLayer`` names.
  func add(_ values: [String: Tensor]) {
    guard failure == nil else { return }
    do throws(EngineError) {
      for use in place.uses {
        if !sums.isEmpty { try addInputs(try Self.value(use.input, values), use) }
        if !magnitudes.isEmpty { try addOutputs(try Self.value(use.output, values), use) }
      }
    } catch {
      failure = error
    }
  }

  private static func value(
    _ name: String, _ values: [String: Tensor]
  ) throws(EngineError) -> Tensor {
    guard let tensor = values[name], tensor.type == .float32 else {
      throw EngineError(
        .unsupported, subject: "value '\(name)'", problem: "is not made of 32-bit floats",
        remedy: "Choose a method that needs no calibration")
    }
    return tensor
  }

  private func mismatch(_ shape: [Int]) -> EngineError {
    EngineError(
      .shapeMismatch, subject: "layer '\(place.layer.name)'",
      problem: "values of shape \(shape) do not fit its weight \(place.layer.shape)",
      remedy: "Check the model with onnx.checker")
  }

  // Inputs.

  private func addInputs(_ tensor: Tensor, _ use: CalibratedLayer.Use) throws(EngineError) {
    let shape = tensor.shape
    let result = tensor.withElements(of: Float.self) { values in
      Result { () throws(EngineError) in
        guard let base = values.baseAddress else { return }
        switch use.form {
        case .rows:
          guard shape.last == place.columns else { throw mismatch(shape) }
          try addRows(base, values.count / place.columns)
        case .columns:
          guard shape.count >= 2, shape[shape.count - 2] == place.columns,
            let length = shape.last, length > 0
          else { throw mismatch(shape) }
          let size = place.columns * length
          for matrix in 0..<(values.count / size) {
            try addColumns(base + matrix * size, length, stride: length, group: 0)
          }
          rows += values.count / place.columns
        case .windows(let weight):
          try addWindows(
            base, try InputColumns(use.node, input: shape, weight: weight))
        }
      }
    }
    try result.get()
  }

  private func addRows(_ values: UnsafePointer<Float>, _ count: Int) throws(EngineError) {
    let columns = place.columns
    sums.withUnsafeMutableBufferPointer { sums in
      squares.withUnsafeMutableBufferPointer { squares in
        for row in 0..<count {
          let start = values + row * columns
          for column in 0..<columns {
            let value = Double(start[column])
            sums[column] += value
            squares[column] += value * value
          }
        }
      }
    }
    rows += count
    try products?.add(values, rows: count, rowStride: columns, columnStride: 1)
  }

  /// Adds `count` rows whose columns lie `stride` elements apart; ``rows`` is the caller's.
  private func addColumns(
    _ values: UnsafePointer<Float>, _ count: Int, stride: Int, group: Int
  ) throws(EngineError) {
    for column in 0..<place.columns {
      var (sum, square) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      let start = values + column * stride
      var index = 0
      while index + 4 <= count {
        let four = SIMD4<Double>(
          Double(start[index]), Double(start[index + 1]), Double(start[index + 2]),
          Double(start[index + 3]))
        sum += four
        square += four * four
        index += 4
      }
      while index < count {
        let value = Double(start[index])
        sum[0] += value
        square[0] += value * value
        index += 1
      }
      sums[group * place.columns + column] += sum.sum()
      squares[group * place.columns + column] += square.sum()
    }
    try products?.add(values, rows: count, rowStride: 1, columnStride: stride, group: group)
  }

  /// Elements of columns that are written at a time.
  private static let bufferLength = 1 << 21

  private func addWindows(
    _ values: UnsafePointer<Float>, _ windows: InputColumns
  ) throws(EngineError) {
    guard windows.columns == place.columns, windows.groups == place.groups,
      windows.lineLength > 0
    else { throw mismatch([windows.groups, windows.columns]) }
    rows += windows.samples * windows.lines * windows.lineLength
    // As many lines, of one sample after the other, as make a part worth multiplying.
    let wanted = min(
      ColumnProducts.partLength, max(Self.bufferLength / windows.columns, windows.lineLength))
    let total = windows.samples * windows.lines
    let lines = min(max(wanted / windows.lineLength, 1), total)
    let stride = lines * windows.lineLength
    let result = withUnsafeTemporaryAllocation(
      of: Float.self, capacity: stride * windows.columns
    ) { buffer in
      Result { () throws(EngineError) in
        guard let target = buffer.baseAddress else { return }
        for group in 0..<windows.groups {
          var line = 0
          while line < total {
            let end = min(line + lines, total)
            write(windows, values, group, line..<end, to: target, stride: stride)
            try addColumns(
              target, (end - line) * windows.lineLength, stride: stride, group: group)
            line = end
          }
        }
      }
    }
    try result.get()
  }

  /// Writes lines that are counted through all samples.
  private func write(
    _ windows: InputColumns, _ values: UnsafePointer<Float>, _ group: Int, _ lines: Range<Int>,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    var line = lines.lowerBound
    while line < lines.upperBound {
      let sample = line / windows.lines
      let first = line % windows.lines
      let count = min(windows.lines - first, lines.upperBound - line)
      windows.write(
        values, sample: sample, group: group, lines: first..<(first + count),
        to: target + (line - lines.lowerBound) * windows.lineLength, stride: stride)
      line += count
    }
  }

  // Outputs.

  private func addOutputs(_ tensor: Tensor, _ use: CalibratedLayer.Use) throws(EngineError) {
    let shape = tensor.shape
    let axis = use.channelAxis < 0 ? shape.count + use.channelAxis : use.channelAxis
    guard shape.indices.contains(axis), shape[axis] == place.channels else {
      throw mismatch(shape)
    }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let channels = place.channels
    tensor.withElements(of: Float.self) { values in
      var index = 0
      for _ in 0..<outer {
        for channel in 0..<channels {
          var (sum, count) = (0.0, 0)
          for place in index..<(index + inner) {
            sum += Double(values[place].magnitude)
            count += values[place] == 0 ? 1 : 0
          }
          magnitudes[channel] += sum
          zeros[channel] += count
          index += inner
        }
      }
    }
    outputCount += outer * inner
  }

  // What it comes to.

  /// The statistics of everything that was added.
  func statistics() -> LayerStatistics {
    var result = LayerStatistics(rows: rows)
    guard !place.isEmbedding else { return embeddingStatistics() }
    if !sums.isEmpty {
      let factor = 1 / Double(max(rows, 1))
      result.inputMean = sums.map { $0 * factor }
      result.inputSquare = squares.map { $0 * factor }
    }
    if let products {
      result.inputProducts = Tensor.building(
        [place.groups, place.columns, place.columns], of: Float.self
      ) { products.means(over: rows, into: $0) }
    }
    if !magnitudes.isEmpty {
      let factor = 1 / Double(max(outputCount, 1))
      result.outputMagnitude = magnitudes.map { $0 * factor }
      result.outputZeros = zeros.map { Double($0) * factor }
    }
    return result
  }

  /// Each weight of an embedding goes into an output of its own, as if multiplied by one alone.
  private func embeddingStatistics() -> LayerStatistics {
    var result = LayerStatistics(rows: 1)
    if !sums.isEmpty {
      result.inputMean = sums.map { _ in 1 }
      result.inputSquare = sums.map { _ in 1 }
    }
    if products != nil {
      let columns = place.columns
      result.inputProducts = Tensor.building([1, columns, columns], of: Float.self) { values in
        values.initialize(repeating: 0)
        for column in 0..<columns { values[column * columns + column] = 1 }
      }
    }
    return result
  }
}
