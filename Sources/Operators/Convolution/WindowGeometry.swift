import NetworkGraph
import Tensors

/// Where the windows of a convolution or pooling lie: kernel, strides, dilations and padding of each
/// spatial axis, and the number of windows along it.
struct WindowGeometry {
  let input: [Int]
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Padding before the first element of each axis.
  let before: [Int]
  /// Padding after the last element of each axis.
  let after: [Int]
  /// Windows along each axis.
  let output: [Int]

  /// Larger attribute values are taken for a malformed node; sums and products of smaller can't overflow.
  static let largestValue = 1 << 30

  /// Reads the window attributes of a node.
  ///
  /// - Parameters:
  ///   - input: Lengths of the spatial axes.
  ///   - kernel: Lengths of the kernel; nil when the attribute `kernel_shape` says them.
  ///   - roundsUp: Whether windows that overlap the end count (`ceil_mode`).
  init(
    _ call: OperatorCall, input: [Int], kernel: [Int]? = nil, roundsUp: Bool = false
  ) throws(EngineError) {
    let rank = input.count
    let attributes = try WindowAttributes(call, rank: rank, kernel: kernel)
    self.input = input
    self.kernel = attributes.kernel
    strides = attributes.strides
    dilations = attributes.dilations
    var before: [Int] = []
    var after: [Int] = []
    var output: [Int] = []
    for axis in 0..<rank {
      guard input[axis] >= 0, input[axis] <= Shapes.elementLimit else {
        throw Shapes.mismatch("the spatial shape \(input) is out of range")
      }
      let extent = (attributes.kernel[axis] - 1) * attributes.dilations[axis] + 1
      let step = attributes.strides[axis]
      var (low, high) = (attributes.pads[axis], attributes.pads[axis + rank])
      if attributes.autoPad == .sameUpper || attributes.autoPad == .sameLower {
        let windows = (input[axis] + step - 1) / step
        let total = max((windows - 1) * step + extent - input[axis], 0)
        low = attributes.autoPad == .sameUpper ? total / 2 : total - total / 2
        high = total - low
      }
      let room = input[axis] + low + high - extent
      guard room >= 0 else {
        throw Shapes.mismatch(
          "the kernel spans \(extent) elements of axis \(axis + 2), the padded input has "
            + "\(input[axis] + low + high)")
      }
      var windows = room / step + 1
      // A window that would start in the padding at the end does not count.
      if roundsUp, room % step != 0, windows * step < input[axis] + low { windows += 1 }
      before.append(low)
      after.append(high)
      output.append(windows)
    }
    self.before = before
    self.after = after
    self.output = output
  }

  /// The kernel positions of window `window` along `axis` that fall onto elements of the input.
  func validKernelRange(axis: Int, window: Int) -> Range<Int> {
    let start = window * strides[axis] - before[axis]
    let step = dilations[axis]
    let first = start >= 0 ? 0 : (-start + step - 1) / step
    let end = input[axis] <= start ? 0 : (input[axis] - start + step - 1) / step
    let last = min(end, kernel[axis])
    return first < last ? first..<last : 0..<0
  }

  /// How many kernel positions of window `window` along `axis` lie in the input or its padding.
  func paddedCount(axis: Int, window: Int) -> Int {
    let start = window * strides[axis] - before[axis]
    let room = input[axis] + after[axis] - start
    return min(kernel[axis], (room + dilations[axis] - 1) / dilations[axis])
  }
}

/// The window attributes of a node, checked.
struct WindowAttributes {
  enum AutoPad: String {
    case notSet = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case valid = "VALID"
  }

  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Padding before each axis, then after each; zeros unless `auto_pad` is `NOTSET`.
  let pads: [Int]
  let autoPad: AutoPad

  init(_ call: OperatorCall, rank: Int, kernel: [Int]?) throws(EngineError) {
    let node = call.node
    guard rank >= 1 else { throw Shapes.mismatch("the input has no spatial axes") }
    guard let lengths = node.ints("kernel_shape") ?? kernel else {
      throw Shapes.mismatch("the attribute 'kernel_shape' is missing")
    }
    if let kernel, lengths != kernel {
      throw Shapes.mismatch("kernel_shape \(lengths) differs from the weight's kernel \(kernel)")
    }
    self.kernel = try Self.checked(lengths, "kernel_shape", count: rank, least: 1)
    strides = try Self.checked(
      node.ints("strides") ?? Array(repeating: 1, count: rank), "strides", count: rank, least: 1)
    dilations = try Self.checked(
      node.ints("dilations") ?? Array(repeating: 1, count: rank), "dilations", count: rank, least: 1
    )
    let name = call.string("auto_pad", default: "NOTSET")
    guard let autoPad = AutoPad(rawValue: name) else {
      throw Shapes.mismatch(
        "auto_pad '\(name)' is not one of NOTSET, SAME_UPPER, SAME_LOWER, VALID")
    }
    self.autoPad = autoPad
    let zeros = [Int](repeating: 0, count: 2 * rank)
    let given = autoPad == .notSet ? node.ints("pads") ?? zeros : zeros
    pads = try Self.checked(given, "pads", count: 2 * rank, least: 0)
  }

  /// The values, or an error that names the attribute.
  static func checked(
    _ values: [Int], _ name: String, count: Int, least: Int
  ) throws(EngineError) -> [Int] {
    guard values.count == count else {
      throw Shapes.mismatch("\(name) has \(values.count) values instead of \(count)")
    }
    for value in values where value < least || value > WindowGeometry.largestValue {
      throw Shapes.mismatch("\(name) \(values) has a value out of range")
    }
    // The span of a dilated kernel is a product of two of these; both are below 2^30.
    return values
  }
}
