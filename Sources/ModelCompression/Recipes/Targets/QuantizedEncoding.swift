import Tensors

/// The scales and zero points of a layer's codes in the order of its output channels.
struct QuantizedEncoding {
  /// Which weights share a scale.
  enum Form: Hashable {
    /// No codes: a shorter floating-point format.
    case float
    /// All weights.
    case tensor
    /// One index of this axis.
    case channels(axis: Int)
    /// Runs of this many weights along the input axis of one output channel.
    case blocks(size: Int)
    /// Another layout, such as groups at each kernel position.
    case other
  }

  /// Bits of a code.
  var bits: Int
  /// Which weights share a scale.
  var form: Form
  /// Whether codes are signed with zero point 0.
  var isSymmetric: Bool
  /// The scales: output channel by output channel, block by block.
  var scales: [Float]
  /// The zero points, in the order of the scales; empty when all are 0.
  var zeros: [Int]

  /// Makes an encoding.
  init(bits: Int, form: Form, isSymmetric: Bool, scales: [Float], zeros: [Int]) {
    self.bits = bits
    self.form = form
    self.isSymmetric = isSymmetric
    self.scales = scales
    self.zeros = zeros
  }

  /// The encoding of integer codes; nil for weights that have none.
  init?(_ compressed: CompressedWeights, bits: Int) {
    guard let quantized = compressed.quantized, let stored = compressed.scales?.floats else {
      return nil
    }
    self.bits = bits
    scales = stored
    zeros = compressed.zeroPoints?.integers ?? []
    isSymmetric = compressed.zeroPoints == nil
    let layer = compressed.layer
    switch quantized.layout.form {
    case .tensor: form = .tensor
    case .axis(let axis): form = .channels(axis: axis)
    case .blocks(let axis, let size):
      let shape = quantized.layout.shape
      let others = shape.indices.filter { $0 != axis && $0 != layer.outputAxis }
      guard others.allSatisfy({ shape[$0] == 1 }) else {
        form = .other
        return
      }
      form = .blocks(size: size)
      // Stored blocks may run along the first axis (Gemm without transB); here channels come first.
      var order: [Int] = []
      let step = shape[(layer.outputAxis + 1)...].reduce(1, *)
      let blockStep = shape[(axis + 1)...].reduce(1, *)
      for channel in 0..<shape[layer.outputAxis] {
        for block in 0..<shape[axis] { order.append(channel * step + block * blockStep) }
      }
      let zeroPoints = zeros
      scales = order.map { stored[$0] }
      zeros = zeroPoints.isEmpty ? [] : order.map { zeroPoints[$0] }
    case .channelsOfGroups, .runsOfChannels: form = .other
    }
  }

  /// The zero point of a scale.
  func zero(_ index: Int) -> Int { zeros.isEmpty ? 0 : zeros[index] }

  /// The offset for codes counted from 0: (code + offset) x scale is the value.
  func offset(_ index: Int) -> Int { isSymmetric ? -(1 << (bits - 1)) : -zero(index) }
}
