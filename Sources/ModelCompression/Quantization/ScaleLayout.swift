import NetworkGraph

/// Which scale belongs to which weight of a stored tensor.
///
/// Every layout of scales is one that ONNX `DequantizeLinear` can express: one scale, one along an
/// axis, or blocks along an axis. So groups run along the input axis for each output channel and each kernel
/// position by itself, and the last group of a run may be shorter.
public struct ScaleLayout: Sendable, Hashable {
  /// The form of ``DequantizeLinear`` that expresses the layout.
  enum Form: Hashable {
    /// One scale.
    case tensor
    /// One scale for each index of the axis.
    case axis(Int)
    /// One scale for each run of `size` weights along the axis.
    case blocks(axis: Int, size: Int)
    /// One scale for each output channel of a grouped transposed convolution: the channel's index
    /// inside its group on axis 1, the group on axis 0.
    case channelsOfGroups(perGroup: Int)
    /// One palette for each run of `size` output channels along the axis; no scales.
    case runsOfChannels(axis: Int, size: Int)
  }

  let form: Form
  /// The weight's shape.
  let weightShape: [Int]
  /// The shape of the scales.
  public let shape: [Int]

  /// How many scales there are.
  public var count: Int { shape.reduce(1, *) }

  /// The layout of a layer's scales at a granularity.
  public init(_ granularity: WeightQuantization.Granularity, for layer: CompressibleLayer) {
    weightShape = layer.shape
    switch granularity {
    case .tensor:
      form = .tensor
      shape = []
    case .channel:
      let inputs = layer.shape[layer.inputAxis]
      if layer.op == "ConvTranspose", layer.group > 1, layer.inputAxis == 0,
        layer.outputAxis == 1, inputs % layer.group == 0
      {
        form = .channelsOfGroups(perGroup: inputs / layer.group)
        shape = [layer.group, layer.shape[1]]
      } else {
        form = .axis(layer.outputAxis)
        shape = [layer.shape[layer.outputAxis]]
      }
    case .group(let size):
      form = .blocks(axis: layer.inputAxis, size: size)
      var blocks = layer.shape
      blocks[layer.inputAxis] = (blocks[layer.inputAxis] + size - 1) / size
      shape = blocks
    }
  }

  /// The layout of a layer's palettes: one for the tensor, for each index of the stored output axis, or
  /// for runs of a group's size of them, of which the last may be shorter.
  public init(
    paletteBy granularity: WeightQuantization.Granularity, for layer: CompressibleLayer
  ) {
    weightShape = layer.shape
    let size: Int
    switch granularity {
    case .tensor:
      form = .tensor
      shape = []
      return
    case .channel: size = 1
    case .group(let channels): size = channels
    }
    form = .runsOfChannels(axis: layer.outputAxis, size: size)
    shape = [(layer.shape[layer.outputAxis] + size - 1) / size]
  }

  /// The place of every weight in stored order.
  public func places() -> [Int32] {
    let total = weightShape.reduce(1, *)
    return [Int32](unsafeUninitializedCapacity: total) { places, count in
      forEachRun(in: 0..<total) { run, place, step in
        for index in run {
          places[index] = Int32(truncatingIfNeeded: place + step * (index - run.lowerBound))
        }
      }
      count = total
    }
  }

  /// Calls `body` for each run of consecutive weights of `range`, in order, with the index of the
  /// first weight's scale and the step from one weight's scale to the next one's: 0 or 1.
  @inline(__always)
  func forEachRun(
    in range: Range<Int>, _ body: (_ weights: Range<Int>, _ scale: Int, _ step: Int) -> Void
  ) {
    switch form {
    case .tensor: body(range, 0, 0)
    case .axis(let axis):
      let length = weightShape[axis]
      let inner = weightShape[(axis + 1)...].reduce(1, *)
      if inner == 1 {
        Self.forEachRow(of: length, in: range) { _, start, run in
          body(run, run.lowerBound - start, 1)
        }
      } else {
        Self.forEachRow(of: inner, in: range) { row, _, run in body(run, row % length, 0) }
      }
    case .blocks(let axis, let size):
      let length = weightShape[axis]
      let inner = weightShape[(axis + 1)...].reduce(1, *)
      let blocks = (length + size - 1) / size
      if inner == 1 {
        // With no axis inside, a block is consecutive.
        Self.forEachRow(of: length, in: range) { outer, start, row in
          var index = row.lowerBound
          while index < row.upperBound {
            let block = (index - start) / size
            let end = min(start + (block + 1) * size, row.upperBound)
            body(index..<end, outer * blocks + block, 0)
            index = end
          }
        }
      } else {
        Self.forEachRow(of: inner, in: range) { row, start, run in
          let scale = (row / length * blocks + row % length / size) * inner
          body(run, scale + run.lowerBound - start, 1)
        }
      }
    case .runsOfChannels(let axis, let size):
      let length = weightShape[axis]
      let inner = weightShape[(axis + 1)...].reduce(1, *)
      Self.forEachRow(of: inner * size, inRowsOf: inner * length, in: range) { place, run in
        body(run, place, 0)
      }
    case .channelsOfGroups(let perGroup):
      let outputs = weightShape[1]
      Self.forEachRow(of: weightShape[2...].reduce(1, *), in: range) { row, _, run in
        body(run, row / outputs / perGroup * outputs + row % outputs, 0)
      }
    }
  }

  /// Calls `body` for each row of `length` weights that `range` touches: its number, the index of its
  /// first weight, and its part of the range.
  @inline(__always)
  private static func forEachRow(
    of length: Int, in range: Range<Int>, _ body: (_ row: Int, _ start: Int, Range<Int>) -> Void
  ) {
    guard length > 0, !range.isEmpty else { return }
    for row in (range.lowerBound / length)...((range.upperBound - 1) / length) {
      let start = row * length
      body(row, start, max(start, range.lowerBound)..<min(start + length, range.upperBound))
    }
  }

  /// Calls `body` for each part of `length` weights inside rows of `row` weights that `range` touches,
  /// of which the last of a row may be shorter: its number in the row, and its part of the range.
  @inline(__always)
  private static func forEachRow(
    of length: Int, inRowsOf row: Int, in range: Range<Int>,
    _ body: (_ part: Int, Range<Int>) -> Void
  ) {
    forEachRow(of: row, in: range) { _, start, inRow in
      var index = inRow.lowerBound
      while index < inRow.upperBound {
        let part = (index - start) / length
        let end = min(start + (part + 1) * length, inRow.upperBound)
        body(part, index..<end)
        index = end
      }
    }
  }
}
