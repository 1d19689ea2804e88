/// A zip archive of stored entries with right checksums, written independently of the package.
enum StoredZip {
  private static let table: [UInt32] = (0..<256).map { value in
    (0..<8).reduce(UInt32(value)) { sum, _ in sum & 1 != 0 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
  }

  private static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func bytes(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in entries {
      var common = number(20, 2) + number(0, 4) + number(0, 2)
      common += number(0x21, 2) + number(Int(checksum(bytes)), 4)
      common += number(bytes.count, 4) + number(bytes.count, 4)
      common += number(name.utf8.count, 2) + number(0, 2)
      directory += number(0x0201_4B50, 4) + number(20, 2) + common
      directory += number(0, 6) + number(0, 4) + number(file.count, 4) + Array(name.utf8)
      file += number(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
    }
    let offset = file.count
    file += directory + number(0x0605_4B50, 4) + number(0, 4)
    file += number(entries.count, 2) + number(entries.count, 2)
    return file + number(directory.count, 4) + number(offset, 4) + number(0, 2)
  }
}
