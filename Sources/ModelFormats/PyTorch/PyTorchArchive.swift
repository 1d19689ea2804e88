import Tensors

/// A file in the zip form: `<name>/data.pkl` and `<name>/data/<key>`.
final class PyTorchArchive {
  /// More would be no description of tensors.
  private static let longestPickle = 64 << 20

  let root: PickleValue
  let heap: [PickleObject]
  private let archive: ZipArchive
  private let entries: [String: ZipArchive.Entry]
  private let isBigEndian: Bool
  /// Bytes that storages may still unfold to: they are stored as they are, or nearly so.
  private var budget: Int

  init(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    let archive = try ZipArchive(bytes)
    guard let pickle = archive.entries.first(where: { Self.isPickle($0.name) }) else {
      throw EngineError(
        .malformedFile, problem: "is a zip archive without data.pkl: no PyTorch file",
        remedy: "Give a file that torch.save wrote")
    }
    let prefix = String(pickle.name.dropLast("data.pkl".count))
    guard pickle.size <= Self.longestPickle else {
      throw EngineError(
        .unsupported, subject: "entry '\(pickle.name)'",
        problem: "has \(pickle.size) bytes, more than \(Self.longestPickle)",
        remedy: "Save the weights alone: torch.save(model.state_dict(), \"weights.pth\")")
    }
    let content = try Self.content(pickle, archive)
    (root, heap) = try Self.run(content)
    entries = Dictionary(
      archive.entries.compactMap { entry in
        entry.name.hasPrefix(prefix) ? (String(entry.name.dropFirst(prefix.count)), entry) : nil
      }, uniquingKeysWith: { first, _ in first })
    if let order = entries["byteorder"] {
      switch try Self.content(order, archive) {
      case Array("little".utf8): isBigEndian = false
      case Array("big".utf8): isBigEndian = true
      default:
        throw EngineError(
          .malformedFile, subject: "entry '\(order.name)'", problem: "is neither little nor big",
          remedy: PickleMachine.copyAgain)
      }
    } else {
      isBigEndian = false
    }
    self.archive = archive
    budget = 64 * bytes.count + 64 << 20
  }

  private static func isPickle(_ name: String) -> Bool {
    // Exactly one folder around it.
    name.hasSuffix("/data.pkl") && name.split(separator: "/").count == 2
  }

  private static func content(
    _ entry: ZipArchive.Entry, _ archive: ZipArchive
  ) throws(EngineError) -> [UInt8] {
    guard entry.size <= longestPickle else {
      throw EngineError(
        .malformedFile, subject: "entry '\(entry.name)'", problem: "is too large",
        remedy: PickleMachine.copyAgain)
    }
    let reader = try archive.open(entry)
    let bytes = try reader.read(entry.size)
    try reader.finish()
    return bytes
  }

  private static func run(
    _ pickle: [UInt8]
  ) throws(EngineError) -> (PickleValue, [PickleObject]) {
    try TensorStorage(bytes: pickle).withCheckedBytes { bytes throws(EngineError) in
      var machine = PickleMachine(bytes, 0..<bytes.count)
      do throws(EngineError) {
        return (try machine.run(), machine.heap)
      } catch {
        // Its offsets are not the file's.
        var named = error
        if let offset = named.byteOffset {
          named.byteOffset = nil
          named.subject =
            named.subject.map { "data.pkl, byte \(offset), \($0)" }
            ?? "data.pkl, byte \(offset)"
        }
        throw named
      }
    }
  }

  /// The bytes of a storage, little-endian.
  func bytes(of storage: PyTorchStorage) throws(EngineError) -> PyTorchTensors.Bytes {
    let expected = storage.rootCount * storage.elementSize
    guard let entry = entries["data/\(storage.key)"], entry.size == expected, expected <= budget
    else {
      throw EngineError(
        .malformedFile, subject: "storage '\(storage.key.prefix(80))'",
        problem: "has no entry of \(expected) bytes in the archive", remedy: PickleMachine.copyAgain
      )
    }
    budget -= expected
    let swap = isBigEndian ? storage.type?.swapSize : 1
    guard let swap else {
      throw EngineError(
        .unsupported, subject: "storage '\(storage.key)'",
        problem: "was written on a big-endian machine without the type of its numbers",
        remedy: "Save the file again on a little-endian machine")
    }
    let reader = try archive.open(entry)
    var failure: EngineError?
    let result = TensorStorage(byteCount: entry.size) { memory in
      do throws(EngineError) {
        try reader.read(into: memory)
        try reader.finish()
      } catch {
        failure = error
      }
      guard failure == nil, swap > 1 else { return }
      for start in stride(from: 0, to: memory.count - swap + 1, by: swap) {
        memory[start..<(start + swap)].reverse()
      }
    }
    if let failure { throw failure }
    return (result, 0)
  }
}

extension PyTorchType {
  /// The bytes that change places between byte orders: complex numbers are two floats.
  fileprivate var swapSize: Int {
    let size = elementType.byteSize
    return elementType == .complex64 || elementType == .complex128 ? size / 2 : size
  }
}
