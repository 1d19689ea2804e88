import Tensors

/// A file in the form before PyTorch 1.6: magic number, protocol, facts of the machine, the object,
/// the keys of its storages, each a pickle of its own; then each storage as its length and its
/// little-endian elements.
struct PyTorchLegacyFile {
  /// 0x1950a86a20f9469cfc6c, as pickles hold it.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let version = 1001

  let root: PickleValue
  let heap: [PickleObject]
  /// The bytes of each storage in the file.
  let ranges: [String: Range<Int>]

  init(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    var machine = PickleMachine(bytes, 0..<bytes.count)
    var isMagic = false
    if bytes.first == 0x80, case .bigInteger(Self.magic)? = try? machine.run() { isMagic = true }
    guard isMagic else {
      throw EngineError(
        .malformedFile, byteOffset: 0,
        problem: "is no PyTorch file: neither a zip archive nor a row of pickles",
        remedy: "Give a file that torch.save wrote")
    }
    guard case .int(Self.version) = try machine.run() else {
      throw EngineError(
        .unsupported, byteOffset: machine.bytes.position,
        problem: "has another version of the old form than \(Self.version)",
        remedy: "Load it in PyTorch and save it again")
    }
    // Sizes of C types, of no effect: storages are little-endian in files whatever they say.
    _ = try machine.run()
    root = try machine.run()
    heap = machine.heap
    let storages = machine.storages
    let keys = try machine.run()
    let names = try machine.items(keys).map { key throws(EngineError) in
      guard let name = key.text ?? key.integer.map({ "\($0)" }) else {
        throw machine.malformed("lists storages by something else than keys")
      }
      return name
    }
    ranges = try Self.ranges(names, storages, bytes, from: machine.bytes.position)
  }

  private static func ranges(
    _ names: [String], _ storages: [String: PyTorchStorage], _ bytes: UnsafeRawBufferPointer,
    from start: Int
  ) throws(EngineError) -> [String: Range<Int>] {
    var ranges: [String: Range<Int>] = [:]
    var position = start
    for name in names {
      guard let storage = storages[name], ranges[name] == nil else {
        throw EngineError(
          .malformedFile, byteOffset: position, subject: "storage '\(name.prefix(80))'",
          problem: "is listed twice, or belongs to no tensor", remedy: PickleMachine.copyAgain)
      }
      let length = storage.count * storage.elementSize
      guard bytes.count - position >= 8, length <= bytes.count - position - 8 else {
        throw EngineError(
          .truncatedFile, byteOffset: position, subject: "storage '\(name.prefix(80))'",
          problem: "needs \(length) bytes where \(max(bytes.count - position - 8, 0)) are left",
          remedy: PickleMachine.copyAgain)
      }
      let count = bytes.loadUnaligned(fromByteOffset: position, as: Int64.self)
      guard Int64(littleEndian: count) == Int64(storage.count) else {
        throw EngineError(
          .malformedFile, byteOffset: position, subject: "storage '\(name.prefix(80))'",
          problem: "has \(Int64(littleEndian: count)) elements where the tensors expect "
            + "\(storage.count)", remedy: PickleMachine.copyAgain)
      }
      ranges[name] = (position + 8)..<(position + 8 + length)
      position += 8 + length
    }
    return ranges
  }
}
