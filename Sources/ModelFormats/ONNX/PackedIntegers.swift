import Tensors

/// Four- and two-bit integers: packed in files, one byte each in memory.
///
/// The first element lies in the lowest bits of the first byte; unused bits at the end are zero.
enum PackedIntegers {
  /// One byte per element; signed types are sign-extended.
  static func unpack(
    _ packed: UnsafeRawBufferPointer, type: ElementType, shape: [Int]
  ) -> Tensor {
    let bits = type.storedBits
    let perByte = 8 / bits
    let signed = type == .int4 || type == .int2
    return Tensor(type: type, shape: shape) { memory in
      for index in 0..<memory.count {
        let field = packed[index / perByte] >> UInt8(index % perByte * bits)
        // Moving the field to the top and back extends its sign.
        let top = field << UInt8(8 - bits)
        memory[index] =
          signed
          ? UInt8(bitPattern: Int8(bitPattern: top) >> Int8(8 - bits)) : top >> UInt8(8 - bits)
      }
    }
  }

  /// The packed bytes of `elements`, which start at a multiple of a whole byte.
  static func pack(_ elements: UnsafeRawBufferPointer, type: ElementType) -> [UInt8] {
    let bits = type.storedBits
    let perByte = 8 / bits
    var packed = [UInt8](repeating: 0, count: (elements.count + perByte - 1) / perByte)
    let mask = UInt8((1 << bits) - 1)
    for (index, element) in elements.enumerated() {
      packed[index / perByte] |= (element & mask) << UInt8(index % perByte * bits)
    }
    return packed
  }
}
