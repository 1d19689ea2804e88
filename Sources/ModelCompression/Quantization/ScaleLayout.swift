import NetworkGraph

/// Which scale belongs to which weight of a stored tensor.
///
/// Every layout is one that ONNX `DequantizeLinear` can express: one scale, one along an axis, or
/// blocks along an axis. So groups run along the input axis for each output channel and each kernel
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

  /// Calls `body` for each run of consecutive weights, in order, with the index of the first
  /// weight's scale and the step from one weight's scale to the next one's: 0 or 1.
  @inline(__always)
  func forEachRun(_ body: (_ weights: Range<Int>, _ scale: Int, _ step: Int) -> Void) {
    let total = weightShape.reduce(1, *)
    switch form {
    case .tensor: body(0..<total, 0, 0)
    case .axis(let axis):
      let length = weightShape[axis]
      let inner = weightShape[(axis + 1)...].reduce(1, *)
      if inner == 1 {
        for start in stride(from: 0, to: total, by: length) { body(start..<start + length, 0, 1) }
      } else {
        for run in 0..<(total / inner) {
          body(run * inner..<(run + 1) * inner, run % length, 0)
        }
      }
    case .blocks(let axis, let size):
      let length = weightShape[axis]
      let inner = weightShape[(axis + 1)...].reduce(1, *)
      let blocks = (length + size - 1) / size
      for outer in 0..<(total / (length * inner)) {
        for block in 0..<blocks {
          let scale = (outer * blocks + block) * inner
          for index in block * size..<min((block + 1) * size, length) {
            let start = (outer * length + index) * inner
            // With no axis inside, a block is consecutive; the loop is short but right.
            body(start..<start + inner, scale, inner == 1 ? 0 : 1)
          }
        }
      }
    case .channelsOfGroups(let perGroup):
      let outputs = weightShape[1]
      let inner = weightShape[2...].reduce(1, *)
      for input in 0..<weightShape[0] {
        for output in 0..<outputs {
          let start = (input * outputs + output) * inner
          body(start..<start + inner, input / perGroup * outputs + output, 0)
        }
      }
    }
  }
}
