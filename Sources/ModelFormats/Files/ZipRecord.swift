/// Bytes of a zip record: little-endian numbers of stated widths.
struct ZipRecord {
  var bytes: [UInt8] = []

  /// Appends numbers, each with its width in bytes.
  mutating func add(_ fields: [(value: Int, width: Int)]) {
    for field in fields {
      for place in 0..<field.width {
        bytes.append(UInt8(truncatingIfNeeded: field.value >> (8 * place)))
      }
    }
  }
}
