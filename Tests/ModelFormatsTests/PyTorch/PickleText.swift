/// Pickles written by hand, opcode by opcode, so that tests know where each begins.
struct PickleText {
  /// The opcodes with their arguments.
  var pieces: [[UInt8]] = [[0x80, 2]]

  var bytes: [UInt8] { pieces.flatMap { $0 } + [UInt8(ascii: ".")] }

  mutating func op(_ text: String) { pieces.append(Array(text.utf8)) }

  mutating func op(_ code: UInt8, _ argument: [UInt8] = []) { pieces.append([code] + argument) }

  mutating func global(_ module: String, _ name: String) { op("c\(module)\n\(name)\n") }

  mutating func text(_ text: String) {
    let count = text.utf8.count
    op(UInt8(ascii: "X"), [UInt8(count & 255), UInt8(count >> 8), 0, 0] + Array(text.utf8))
  }

  mutating func int(_ value: UInt8) { op(UInt8(ascii: "K"), [value]) }

  mutating func tuple(_ values: [UInt8]) {
    op("(")
    for value in values { int(value) }
    op("t")
  }

  /// A tensor of 32-bit floats on storage `key`; `legacy` writes the sixth part of old storages.
  mutating func tensor(
    key: String, count: UInt8, offset: UInt8 = 0, shape: [UInt8], strides: [UInt8],
    legacy: Bool = false
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    op("((")
    text("storage")
    global("torch", "FloatStorage")
    text(key)
    text("cpu")
    int(count)
    if legacy { op("N") }
    op("tQ")
    int(offset)
    tuple(shape)
    tuple(strides)
    op(0x89)
    global("collections", "OrderedDict")
    op(")R")
    op("tR")
  }

  /// A state dictionary with three tensors on two storages of 12 and 4 numbers, one of them turned.
  static func stateDict(legacy: Bool = false) -> PickleText {
    var pickle = PickleText()
    pickle.global("collections", "OrderedDict")
    pickle.op(")R(")
    pickle.text("fc.weight")
    pickle.tensor(key: "0", count: 12, shape: [3, 4], strides: [4, 1], legacy: legacy)
    pickle.text("fc.turned")
    pickle.tensor(key: "0", count: 12, shape: [4, 3], strides: [1, 4], legacy: legacy)
    pickle.text("fc.bias")
    pickle.tensor(key: "1", count: 4, offset: 1, shape: [3], strides: [1], legacy: legacy)
    pickle.op("u")
    return pickle
  }

  /// The numbers of the two storages: those from 0 on, and those from 100 on.
  static let storages: [(key: String, values: [Float])] = [
    ("0", (0..<12).map { Float($0) }), ("1", (100..<104).map { Float($0) }),
  ]

  /// A file in the old form around a pickle that uses ``storages``.
  static func legacyFile(_ pickle: [UInt8]) -> [UInt8] {
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    var bytes: [UInt8] = [0x80, 2, 0x8A, 10] + magic + Array(".".utf8)
    bytes += [0x80, 2, UInt8(ascii: "M"), 0xE9, 0x03] + Array(".".utf8)
    bytes += [0x80, 2] + Array("}.".utf8)
    bytes += pickle
    var keys = PickleText()
    keys.op("](")
    for storage in storages { keys.text(storage.key) }
    keys.op("e")
    bytes += keys.bytes
    for storage in storages {
      bytes += withUnsafeBytes(of: Int64(storage.values.count).littleEndian) { Array($0) }
      bytes += storage.values.withUnsafeBytes { Array($0) }
    }
    return bytes
  }

  /// A file in the zip form around a pickle that uses ``storages``.
  static func zipFile(_ pickle: [UInt8]) -> [UInt8] {
    var entries: [(name: String, bytes: [UInt8])] = [
      ("archive/data.pkl", pickle), ("archive/byteorder", Array("little".utf8)),
    ]
    for storage in storages {
      entries.append(
        ("archive/data/\(storage.key)", storage.values.withUnsafeBytes { Array($0) }))
    }
    return StoredZip.bytes(entries + [("archive/version", Array("3\n".utf8))])
  }
}
