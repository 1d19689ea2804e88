import Tensors

/// Overflow-checked sizes of shapes that come from files.
enum ShapeArithmetic {
  /// The number of elements, or nil when an axis is negative or the bytes can't be counted.
  ///
  /// Axes of length zero are taken as one for the check, so that no later product of some of the
  /// axes can overflow either.
  static func elementCount(_ shape: [Int], of type: ElementType) -> Int? {
    var bound = max(type.byteSize, 1)
    var count = 1
    for length in shape {
      guard length >= 0 else { return nil }
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(length, 1))
      if overflow || product > 1 << 60 { return nil }
      bound = product
      count *= length
    }
    return count
  }

  /// Bytes of `count` elements in a file, where small integers are packed.
  static func storedBytes(_ count: Int, of type: ElementType) -> Int {
    // count * byteSize is at most 2^60, so count * bits may overflow only for whole bytes.
    type.storedBits % 8 == 0 ? count * type.byteSize : (count * type.storedBits + 7) / 8
  }
}
