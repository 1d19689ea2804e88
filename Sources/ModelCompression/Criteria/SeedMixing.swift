/// Numbers that depend on a seed and a place only.
enum SeedMixing {
  /// Number `index` of the SplitMix64 sequence of `seed`.
  @inline(__always)
  static func splitMix(_ seed: UInt64, at index: UInt64) -> UInt64 {
    var value = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A seed of its own for a name: 64-bit FNV-1a of the name, mixed with the plan's seed.
  static func seed(_ seed: Int, for name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return splitMix(hash, at: UInt64(bitPattern: Int64(seed)))
  }
}
