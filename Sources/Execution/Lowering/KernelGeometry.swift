import NetworkGraph

/// Kernel, strides, dilations and padding of a convolution or pooling, as oneDNN wants them.
struct KernelGeometry {
  let kernel: [Int]
  let strides: [Int]
  /// 1 is a dense kernel.
  let dilations: [Int]
  var padsBegin: [Int]
  var padsEnd: [Int]

  /// Reads the attributes of a node; nil when they do not fit the shapes.
  ///
  /// - Parameters:
  ///   - input: Lengths of the spatial axes of the input.
  ///   - output: Lengths of the spatial axes of the output.
  init?(_ node: Node, kernel: [Int], input: [Int], output: [Int]) {
    let rank = kernel.count
    self.kernel = kernel
    strides = node.ints("strides") ?? Array(repeating: 1, count: rank)
    dilations = node.ints("dilations") ?? Array(repeating: 1, count: rank)
    let pads = node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
    guard input.count == rank, output.count == rank, strides.count == rank,
      dilations.count == rank, pads.count == 2 * rank
    else { return nil }
    padsBegin = Array(pads.prefix(rank))
    padsEnd = Array(pads.suffix(rank))
    switch node.string("auto_pad") ?? "NOTSET" {
    case "SAME_UPPER": setSamePads(input, output) { $0 / 2 }
    case "SAME_LOWER": setSamePads(input, output) { $0 - $0 / 2 }
    case "VALID":
      padsBegin = Array(repeating: 0, count: rank)
      padsEnd = padsBegin
    default: break
    }
  }

  private mutating func setSamePads(
    _ input: [Int], _ output: [Int], begin: (Int) -> Int
  ) {
    for axis in kernel.indices {
      let total = max(neededPadding(axis, input: input[axis], output: output[axis]), 0)
      padsBegin[axis] = begin(total)
      padsEnd[axis] = total - padsBegin[axis]
    }
  }

  /// Both pads together that give exactly this output length.
  func neededPadding(_ axis: Int, input: Int, output: Int) -> Int {
    (output - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1 - input
  }

  /// Whether Winograd's algorithm is worth trying: dense 3 x 3 kernels at stride 1, with enough
  /// channels to fill the vector registers and planes that its 4 x 4 tiles cover without much waste.
  ///
  /// Measured against the direct algorithm: 1.2 to 2.4 times as fast from 64 channels on; from 24 on
  /// 1.0 to 1.6 times where the tiles fit, slower where a quarter is wasted; at 16 about equal, and
  /// slower when the number of tiles is a power of two, so that its buffers collide in the cache.
  func isWinograd(channels: Int, target: [Int]) -> Bool {
    guard kernel == [3, 3], strides == [1, 1], dilations == [1, 1], channels >= 16 else {
      return false
    }
    let (rows, columns) = ((target[2] + 3) / 4, (target[3] + 3) / 4)
    let use = Double(target[2] * target[3]) / Double(rows * columns * 16)
    switch channels {
    case 64...: return true
    case 24...: return use >= 0.8
    default: return use >= 0.9 && (target[0] * rows * columns).nonzeroBitCount > 1
    }
  }

  /// Skipped elements between taps: 0 is a dense kernel.
  var skips: [Int64] { dilations.map { Int64($0 - 1) } }
}

extension [Int] {
  /// As the shim takes them.
  var int64: [Int64] { map { Int64($0) } }
}
