import CZip
import Tensors

/// Writes a zip archive whose entries are stored as they are, aligned, straight to the file: what
/// PyTorch reads and maps.
///
/// Layout by PKWARE's APPNOTE 6.3.10: local headers (4.3.7), central directory (4.3.12) and, where
/// sizes, offsets or counts need it, the 64-bit records (4.3.14, 4.3.15, 4.5.3). Equal entries give
/// equal bytes: the date is always 1 January 1980.
struct StoredZipWriter {
  /// An entry made of pieces that follow one another.
  struct Entry {
    let name: String
    let pieces: [Tensor]

    var size: Int { pieces.reduce(0) { $0 + $1.byteCount } }

    init(name: String, pieces: [Tensor]) {
      self.name = name
      self.pieces = pieces
    }

    init(name: String, bytes: [UInt8]) {
      self.init(name: name, pieces: [Tensor([bytes.count], bytes)])
    }
  }

  /// Where content begins: at multiples of this, as `torch.load(mmap=True)` wants it.
  private static let alignment = 64
  private static let limit32 = 0xFFFF_FFFF
  private static let dateOf1980 = 0x21
  private static let isUTF8 = 0x0800

  private let entries: [Entry]
  private let offsets: [Int]
  private let directoryOffset: Int
  private let directoryBytes: Int
  private let trailerBytes: Int

  /// The bytes that ``write(to:)`` writes.
  var byteCount: Int { directoryOffset + directoryBytes + trailerBytes }

  /// Lays the archive out; content is read only when it is written.
  init(_ entries: [Entry]) {
    self.entries = entries
    var offsets: [Int] = []
    var position = 0
    var directory = 0
    for entry in entries {
      offsets.append(position)
      position += Self.localHeader(entry, checksum: 0, at: position).count + entry.size
      directory += Self.centralHeader(entry, checksum: 0, at: offsets[offsets.count - 1]).count
    }
    self.offsets = offsets
    directoryOffset = position
    directoryBytes = directory
    trailerBytes = Self.trailer(entries.count, position, directory).count
  }

  /// Writes the archive.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`.
  func write(to file: AtomicFile) throws(EngineError) {
    var checksums: [UInt32] = []
    for (entry, offset) in zip(entries, offsets) {
      let checksum = entry.pieces.reduce(UInt32(0)) { sum, piece in
        piece.withBytes { czip_crc32(sum, $0.baseAddress, $0.count) }
      }
      checksums.append(checksum)
      try file.append(Self.localHeader(entry, checksum: checksum, at: offset))
      for piece in entry.pieces {
        try piece.withCheckedBytes { bytes throws(EngineError) in try file.append(bytes) }
      }
    }
    for index in entries.indices {
      try file.append(
        Self.centralHeader(entries[index], checksum: checksums[index], at: offsets[index]))
    }
    try file.append(Self.trailer(entries.count, directoryOffset, directoryBytes))
  }

  // Records.

  private static func localHeader(_ entry: Entry, checksum: UInt32, at offset: Int) -> [UInt8] {
    let name = Array(entry.name.utf8)
    let isLarge = entry.size >= limit32
    var extra = ZipRecord()
    if isLarge { extra.add([(0x0001, 2), (16, 2), (entry.size, 8), (entry.size, 8)]) }
    // An unknown field fills up to the alignment; PyTorch's own has the name "FB".
    let before = offset + 30 + name.count + extra.bytes.count
    var padding = (alignment - before % alignment) % alignment
    if padding > 0, padding < 4 { padding += alignment }
    if padding > 0 {
      extra.add([(0x4246, 2), (padding - 4, 2)])
      extra.bytes += [UInt8](repeating: UInt8(ascii: "Z"), count: padding - 4)
    }
    let size = min(entry.size, limit32)
    var record = ZipRecord()
    record.add([
      (0x0403_4B50, 4), (isLarge ? 45 : 20, 2), (isUTF8, 2), (0, 2), (0, 2), (dateOf1980, 2),
      (Int(checksum), 4), (size, 4), (size, 4), (name.count, 2), (extra.bytes.count, 2),
    ])
    return record.bytes + name + extra.bytes
  }

  private static func centralHeader(_ entry: Entry, checksum: UInt32, at offset: Int) -> [UInt8] {
    let name = Array(entry.name.utf8)
    var large = ZipRecord()
    if entry.size >= limit32 { large.add([(entry.size, 8), (entry.size, 8)]) }
    if offset >= limit32 { large.add([(offset, 8)]) }
    var extra = ZipRecord()
    if !large.bytes.isEmpty { extra.add([(0x0001, 2), (large.bytes.count, 2)]) }
    extra.bytes += large.bytes
    let version = large.bytes.isEmpty ? 20 : 45
    let size = min(entry.size, limit32)
    var record = ZipRecord()
    record.add([
      (0x0201_4B50, 4), (version, 2), (version, 2), (isUTF8, 2), (0, 2), (0, 2), (dateOf1980, 2),
      (Int(checksum), 4), (size, 4), (size, 4), (name.count, 2), (extra.bytes.count, 2), (0, 2),
      (0, 2), (0, 2), (0, 4), (min(offset, limit32), 4),
    ])
    return record.bytes + name + extra.bytes
  }

  private static func trailer(_ count: Int, _ offset: Int, _ size: Int) -> [UInt8] {
    var record = ZipRecord()
    if count >= 0xFFFF || offset >= limit32 || size >= limit32 {
      record.add([
        (0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (count, 8), (count, 8),
        (size, 8), (offset, 8),
      ])
      record.add([(0x0706_4B50, 4), (0, 4), (offset + size, 8), (1, 4)])
    }
    let shownCount = min(count, 0xFFFF)
    record.add([
      (0x0605_4B50, 4), (0, 2), (0, 2), (shownCount, 2), (shownCount, 2), (min(size, limit32), 4),
      (min(offset, limit32), 4), (0, 2),
    ])
    return record.bytes
  }
}

extension Tensor {
  /// ``withBytes(_:)`` for closures with typed errors.
  func withCheckedBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(EngineError) -> R
  ) throws(EngineError) -> R {
    let range = byteOffset..<(byteOffset + byteCount)
    return try storage.withCheckedBytes { bytes throws(EngineError) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }
}
