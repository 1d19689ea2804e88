import Foundation
import ModelCompression
import ModelFormats
import Tensors

/// One layer's values looked at for the ways to store it that take time.
struct LayerStorage {
  /// Bytes of zlib's deflate over the packed codes, and of scales beside them.
  let deflated: Int
  /// The entropy bound in bytes, and of scales beside it.
  let entropy: Int
  /// Bytes with a table of the layer's distinct values; nil when there are more than 256.
  let palette: Int?
  /// Bytes in the 2:4 form; nil when the pattern does not hold.
  let twoOfFour: Int?

  /// Looks at a layer.
  ///
  /// - Parameters:
  ///   - values: The float weights.
  ///   - compressed: What was made of them; nil for a layer left alone.
  ///   - size: The bytes of the simple ways.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError`; ``EngineError`` when memory runs out.
  init(
    values: Tensor, compressed: CompressedWeights?, size: StoredSize, isCancelled: () -> Bool
  ) throws {
    let count = values.count
    let codes = compressed?.codes
    let bits = Self.storedBits(compressed)
    let parameters = size.packed - (count * bits + 7) / 8
    let symbols = try Self.symbols(of: values, codes: codes, isCancelled)
    deflated = try Self.deflate(symbols, bits: bits, isCancelled) + parameters
    let zeros = try Self.count(values, isCancelled) { $0 == 0 }
    entropy =
      codes == nil
      ? Self.bytes(Self.entropy([zeros, count - zeros])) + 4 * (count - zeros)
      : Self.bytes(Self.entropy(Self.histogram(symbols, bits: bits))) + parameters
    palette = try Self.palette(values, isCancelled)
    guard let compressed, compressed.setting.prune?.isTwoOfFour == true,
      compressed.layer.parameters / max(compressed.layer.outputChannels, 1) % 4 == 0
    else {
      twoOfFour = nil
      return
    }
    // Two values of four, two bits of place each (NVIDIA's 2:4).
    twoOfFour = (count / 2 * bits + 7) / 8 + (count / 2 * 2 + 7) / 8 + parameters
  }

  /// Bits of a packed code: signs take two where zero is a third one.
  static func storedBits(_ compressed: CompressedWeights?) -> Int {
    guard let compressed, compressed.codes != nil, let bits = compressed.setting.weights?.bits
    else { return 32 }
    return bits == 1 && compressed.zeroCount > 0 ? 2 : bits
  }

  private static func bytes(_ bits: Double) -> Int { Int((bits / 8).rounded(.up)) }

  /// The stored patterns: codes, or the bits of the floats.
  private static func symbols(
    of values: Tensor, codes: Tensor?, _ isCancelled: () -> Bool
  ) throws -> [UInt32] {
    if isCancelled() { throw CancellationError() }
    guard let codes else { return values.withElements(of: Float.self) { $0.map(\.bitPattern) } }
    let size = codes.type.byteSize
    return codes.withBytes { bytes in
      (0..<codes.count).map { index in
        size == 1
          ? UInt32(bytes[index])
          : UInt32(bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
      }
    }
  }

  /// sum of -n log2 p in bits: what no code of single weights can beat (Shannon 1948).
  private static func entropy(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    return counts.reduce(0.0) { sum, count in
      count == 0 ? sum : sum - Double(count) * log2(Double(count) / total)
    }
  }

  private static func histogram(_ symbols: [UInt32], bits: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: 1 << min(bits, 16))
    let mask = UInt32(counts.count - 1)
    for symbol in symbols { counts[Int(symbol & mask)] += 1 }
    return counts
  }

  private static func count(
    _ values: Tensor, _ isCancelled: () -> Bool, _ isCounted: (Float) -> Bool
  ) throws -> Int {
    var count = 0
    try values.forEachBlock { block, _ in
      if isCancelled() { throw CancellationError() }
      for value in block where isCounted(value) { count += 1 }
    }
    return count
  }

  /// zlib's deflate of the codes packed bit by bit, the lowest first.
  private static func deflate(
    _ symbols: [UInt32], bits: Int, _ isCancelled: () -> Bool
  ) throws -> Int {
    let counter = try DeflateCounter()
    let mask: UInt64 = (1 << UInt64(bits)) - 1
    var packed: [UInt8] = []
    packed.reserveCapacity(1 << 16)
    var (pending, held): (UInt64, UInt64) = (0, 0)
    for symbol in symbols {
      pending |= (UInt64(symbol) & mask) << held
      held += UInt64(bits)
      while held >= 8 {
        packed.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        held -= 8
      }
      guard packed.count >= 1 << 16 else { continue }
      if isCancelled() { throw CancellationError() }
      packed.withUnsafeBytes { _ = counter.add($0, isLast: false) }
      packed.removeAll(keepingCapacity: true)
    }
    if held > 0 { packed.append(UInt8(truncatingIfNeeded: pending)) }
    return packed.withUnsafeBytes { counter.add($0, isLast: true) }
  }

  /// ceil(n x ceil(log2 K) / 8) + 4 K bytes for K distinct values (Deep Compression, 1510.00149, 3).
  private static func palette(_ values: Tensor, _ isCancelled: () -> Bool) throws -> Int? {
    var distinct: Set<UInt32> = []
    try values.forEachBlock { block, _ in
      if isCancelled() { throw CancellationError() }
      guard distinct.count <= 256 else { return }
      for value in block where distinct.count <= 256 {
        // Both zeros are one value.
        distinct.insert(value == 0 ? 0 : value.bitPattern)
      }
    }
    guard distinct.count <= 256 else { return nil }
    var bits = 0
    while 1 << bits < distinct.count { bits += 1 }
    return (values.count * bits + 7) / 8 + 4 * distinct.count
  }
}
