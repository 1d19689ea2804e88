import TestSupport

/// Ways in which files get damaged, by accident and on purpose.
enum Mutation {
  /// One of `seeds` with one to four damages.
  static func apply(
    to seeds: [[UInt8]], using random: inout SeededGenerator
  ) -> [UInt8] {
    // Small files are mostly structure: they get most of the attention.
    let small = Int.random(in: 0..<seeds.count, using: &random)
    let seed = Bool.random(using: &random) ? 0 : small
    var bytes = seeds[seed]
    for _ in 0..<(Bool.random(using: &random) ? 1 : Int.random(in: 2...4, using: &random))
    where bytes.count > 1 {
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place(bytes, &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place(bytes, &random)] = UInt8.random(in: 0...255, using: &random)
      case 2:
        bytes[place(bytes, &random)] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
      case 3: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      case 4: inflate(&bytes, &random)
      case 5: splice(&bytes, from: seeds, &random)
      default:
        let start = place(bytes, &random)
        bytes.removeSubrange(
          start..<min(start + Int.random(in: 1...16, using: &random), bytes.count))
      }
    }
    return bytes
  }

  /// A position, in large files most often near an end, where headers and directories are.
  private static func place(_ bytes: [UInt8], _ random: inout SeededGenerator) -> Int {
    let window = min(bytes.count, 2048)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return Int.random(in: 0..<bytes.count, using: &random)
    case 1: return Int.random(in: 0..<window, using: &random)
    default: return bytes.count - 1 - Int.random(in: 0..<window, using: &random)
    }
  }

  /// Larger lengths: a byte grows, or becomes an integer of ten bytes or of 2^62.
  private static func inflate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let start = place(bytes, &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[start] = bytes[start] | 0x78
    case 1:
      bytes.replaceSubrange(start...start, with: [UInt8](repeating: 0xFF, count: 9) + [0x01])
    default:
      let large: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x40]
      bytes.replaceSubrange(start..<min(start + 8, bytes.count), with: large)
    }
  }

  /// A piece of another place or file.
  private static func splice(
    _ bytes: inout [UInt8], from seeds: [[UInt8]], _ random: inout SeededGenerator
  ) {
    let source = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    let from = place(source, &random)
    let piece = source[from..<min(from + Int.random(in: 1...64, using: &random), source.count)]
    let start = place(bytes, &random)
    let end = Bool.random(using: &random) ? start : min(start + piece.count, bytes.count)
    bytes.replaceSubrange(start..<end, with: piece)
  }
}
