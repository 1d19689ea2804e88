import Tensors

/// Convolution as products of the weight with columns of input patches, a block of output positions at
/// a time, so that the inner loops run over contiguous rows and memory stays bounded.
struct ConvolutionKernel<R: RowNumber> {
  let shape: ConvolutionShape

  /// The most elements that a block of columns has, unless a single position has more.
  private static var blockLimit: Int { 1 << 20 }

  /// Output positions of one row (of the innermost axis) that are calculated together.
  private struct Block {
    let rows: Range<Int>
    let columns: Range<Int>
    var width: Int { rows.count * columns.count }
  }

  /// The result of an input, a weight and, per output channel, a bias.
  func run(input: [R], weight: [R], bias: [R]?) -> [R] {
    let windows = shape.windows
    let channels = shape.groups * shape.groupOutputs
    let positions = Shapes.product(windows.output)
    let planeSize = Shapes.product(windows.input)
    let blocks = blocks()
    var columns = [R](repeating: .zeroValue, count: shape.depth * (blocks.map(\.width).max() ?? 0))
    var row = [R](repeating: .zeroValue, count: blocks.map(\.width).max() ?? 0)
    var result = [R](repeating: .zeroValue, count: Shapes.product(shape.output))
    guard !result.isEmpty, !row.isEmpty else { return result }
    input.withUnsafeBufferPointer { input in
      weight.withUnsafeBufferPointer { weight in
        for sample in 0..<shape.batch {
          for group in 0..<shape.groups {
            let start =
              (sample * shape.groups + group) * shape.groupInputs * planeSize
            for block in blocks {
              fillColumns(&columns, from: input, start: start, block)
              for channel in group * shape.groupOutputs..<(group + 1) * shape.groupOutputs {
                multiply(
                  &row, columns, weight, channel: channel, width: block.width,
                  start: bias?[channel] ?? .zeroValue)
                let target =
                  (sample * channels + channel) * positions
                  + block.rows.lowerBound * (windows.output.last ?? 1) + block.columns.lowerBound
                result.replaceSubrange(target..<target + block.width, with: row[0..<block.width])
              }
            }
          }
        }
      }
    }
    return result
  }

  private func multiply(
    _ row: inout [R], _ columns: [R], _ weight: UnsafeBufferPointer<R>, channel: Int, width: Int,
    start: R
  ) {
    let depth = shape.depth
    row.withUnsafeMutableBufferPointer { row in
      row.update(repeating: start)
      columns.withUnsafeBufferPointer { columns in
        guard let target = row.baseAddress, let sources = columns.baseAddress,
          let factors = weight.baseAddress
        else { return }
        R.accumulate(
          target, count: width,
          ScaledRows(
            sources: sources, stride: width, factors: factors + channel * depth, factorStride: 1,
            depth: depth))
      }
    }
  }

  /// Whole rows where several fit, else parts of single rows.
  private func blocks() -> [Block] {
    let output = shape.windows.output
    guard let length = output.last, length > 0 else { return [] }
    let rows = Shapes.product(output.dropLast())
    let width = max(1, Self.blockLimit / max(shape.depth, 1))
    var blocks: [Block] = []
    if width >= length {
      let height = width / length
      for first in stride(from: 0, to: rows, by: height) {
        blocks.append(Block(rows: first..<min(first + height, rows), columns: 0..<length))
      }
      return blocks
    }
    for row in 0..<rows {
      for first in stride(from: 0, to: length, by: max(width, 64)) {
        blocks.append(
          Block(rows: row..<row + 1, columns: first..<min(first + max(width, 64), length)))
      }
    }
    return blocks
  }

  /// Copies the input elements that each position of the block is multiplied with, a row for each
  /// weight element; zeros stand for padding.
  private func fillColumns(
    _ columns: inout [R], from input: UnsafeBufferPointer<R>, start: Int, _ block: Block
  ) {
    let windows = shape.windows
    let planeSize = Shapes.product(windows.input)
    let kernelSize = Shapes.product(windows.kernel)
    let outputLead = Array(windows.output.dropLast())
    let coordinates = block.rows.map { Self.coordinates($0, in: outputLead) }
    columns.withUnsafeMutableBufferPointer { columns in
      columns.update(repeating: .zeroValue)
      guard let base = columns.baseAddress, let source = input.baseAddress else { return }
      for position in 0..<kernelSize {
        let kernel = Self.coordinates(position, in: windows.kernel)
        for (number, coordinates) in coordinates.enumerated() {
          guard let line = line(coordinates, kernel) else { continue }
          for channel in 0..<shape.groupInputs {
            copyRow(
              to: base + (channel * kernelSize + position) * block.width
                + number * block.columns.count,
              from: source + start + channel * planeSize + line, kernel: kernel[kernel.count - 1],
              block.columns)
          }
        }
      }
    }
  }

  /// Where the input line begins that a kernel position reads for a row of the output; nil in padding.
  private func line(_ output: [Int], _ kernel: [Int]) -> Int? {
    let windows = shape.windows
    var offset = 0
    for axis in output.indices {
      let index =
        output[axis] * windows.strides[axis] - windows.before[axis]
        + kernel[axis] * windows.dilations[axis]
      guard index >= 0, index < windows.input[axis] else { return nil }
      offset = offset * windows.input[axis] + index
    }
    return offset * windows.input[windows.input.count - 1]
  }

  private func copyRow(
    to target: UnsafeMutablePointer<R>, from source: UnsafePointer<R>, kernel: Int,
    _ columns: Range<Int>
  ) {
    let windows = shape.windows
    let axis = windows.input.count - 1
    let step = windows.strides[axis]
    let shift = kernel * windows.dilations[axis] - windows.before[axis]
    // The first and last positions whose element lies in the input.
    let first = shift >= 0 ? 0 : (-shift + step - 1) / step
    let end = windows.input[axis] <= shift ? 0 : (windows.input[axis] - shift + step - 1) / step
    let low = max(first, columns.lowerBound)
    let high = min(end, columns.upperBound)
    guard low < high else { return }
    let destination = target + (low - columns.lowerBound)
    if step == 1 {
      destination.update(from: source + low + shift, count: high - low)
      return
    }
    var index = 0
    var from = low * step + shift
    while index < high - low {
      destination[index] = source[from]
      index &+= 1
      from &+= step
    }
  }

  static func coordinates(_ index: Int, in shape: [Int]) -> [Int] {
    var rest = index
    var result = shape
    for axis in shape.indices.reversed() {
      result[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return result
  }
}
