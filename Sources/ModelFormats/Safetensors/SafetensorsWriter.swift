import OrderedCollections
import Tensors

/// Writes safetensors files, byte for byte as the reference implementation does.
///
/// Tensors lie in the order of their alignment, largest first, then of their names; the header is
/// padded with spaces so that the data starts at a multiple of eight. Equal content gives equal
/// bytes: metadata is in the order of its keys.
public struct SafetensorsWriter {
  /// The exact length that ``write(tensors:metadata:to:)`` gives the file.
  public static func byteCount(
    tensors: OrderedDictionary<String, Tensor>, metadata: [String: String] = [:]
  ) -> Int {
    header(ordered(tensors), metadata).count + tensors.values.reduce(0) { $0 + $1.byteCount }
  }

  /// Writes the file, replacing one at `path` only when the new one is complete.
  ///
  /// Packed integer types have no dtype of their own: they are stored as `I8` and `U8`, one element
  /// a byte. Pack them first where that is too large.
  ///
  /// - Returns: The length of the file.
  /// - Throws: ``EngineError`` with code `writeFailed`, or `unsupported` for strings and `complex128`.
  @discardableResult
  public static func write(
    tensors: OrderedDictionary<String, Tensor>, metadata: [String: String] = [:],
    to path: String
  ) throws(EngineError) -> Int {
    for (name, tensor) in tensors {
      let problem: String? =
        SafetensorsType.entry(tensor.type) == nil
        ? "has type \(tensor.type), which safetensors has no dtype for"
        : name == "__metadata__" ? "has the name that the format keeps for itself" : nil
      if let problem {
        throw EngineError(
          .unsupported, path: path, subject: "tensor '\(name)'", problem: problem,
          remedy: "Leave the tensor out, rename it or convert it")
      }
    }
    return try AtomicFile.write(to: path) { file throws(EngineError) in
      try write(tensors: tensors, metadata: metadata, into: file)
    }
  }

  /// Writes the content into a file that the caller commits.
  ///
  /// Types are not checked.
  /// - Throws: ``EngineError`` with code `writeFailed`.
  public static func write(
    tensors: OrderedDictionary<String, Tensor>, metadata: [String: String] = [:],
    into file: AtomicFile
  ) throws(EngineError) {
    let entries = ordered(tensors)
    try file.append(header(entries, metadata))
    for (_, tensor) in entries { try append(tensor, to: file) }
  }

  private static func append(_ tensor: Tensor, to file: AtomicFile) throws(EngineError) {
    let result: Result<Void, EngineError> = tensor.withBytes { bytes in
      do throws(EngineError) {
        return .success(try file.append(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private static func ordered(
    _ tensors: OrderedDictionary<String, Tensor>
  ) -> [(name: String, tensor: Tensor)] {
    func rank(_ tensor: Tensor) -> Int { SafetensorsType.entry(tensor.type)?.rank ?? -1 }
    return tensors.map { (name: $0.key, tensor: $0.value) }.sorted { left, right in
      let (a, b) = (rank(left.tensor), rank(right.tensor))
      // By UTF-8 bytes, as Rust compares; Swift's own order knows equivalent characters.
      return a != b ? a > b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
  }

  private static func header(
    _ entries: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map {
        JSONValue.quoted($0.key) + ":" + JSONValue.quoted($0.value)
      }
      members.append("\"__metadata__\":{" + texts.joined(separator: ",") + "}")
    }
    var offset = 0
    for (name, tensor) in entries {
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
      members.append(
        JSONValue.quoted(name)
          + ":{\"dtype\":\"\(SafetensorsType.entry(tensor.type)?.name ?? "")\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array(("{" + members.joined(separator: ",") + "}").utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}
