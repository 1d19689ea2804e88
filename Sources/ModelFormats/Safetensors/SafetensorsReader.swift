import Foundation
import OrderedCollections
import Tensors

/// Opens safetensors files by mapping them: one file, or an index (`*.safetensors.index.json`) with
/// its shards.
public struct SafetensorsReader {
  /// Opens the file or index at `path`; tensors are views of the mapped files.
  public static func read(path: String) throws(EngineError) -> SafetensorsFile {
    do throws(EngineError) {
      return path.hasSuffix(".json")
        ? try shards(indexPath: path) : try read(TensorStorage(file: try MappedFile(path: path)))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Reads a file held in memory.
  public static func read(bytes: [UInt8]) throws(EngineError) -> SafetensorsFile {
    try read(TensorStorage(bytes: bytes))
  }

  private static func read(_ storage: TensorStorage) throws(EngineError) -> SafetensorsFile {
    try storage.withCheckedBytes { bytes throws(EngineError) in
      let header = try SafetensorsHeader(bytes)
      var tensors: OrderedDictionary<String, Tensor> = [:]
      for entry in header.entries {
        tensors[entry.name] = tensor(entry, bytes, storage)
      }
      return SafetensorsFile(
        tensors: tensors, metadata: header.metadata, fileBytes: bytes.count)
    }
  }

  private static func tensor(
    _ entry: SafetensorsHeader.Entry, _ bytes: UnsafeRawBufferPointer, _ storage: TensorStorage
  ) -> Tensor {
    // A Swift Bool must be 0 or 1; files may hold other bytes for true.
    if entry.type == .bool, bytes[entry.range].contains(where: { $0 > 1 }) {
      return Tensor(type: .bool, shape: entry.shape) { memory in
        for (index, byte) in bytes[entry.range].enumerated() { memory[index] = byte == 0 ? 0 : 1 }
      }
    }
    return Tensor(
      type: entry.type, shape: entry.shape, storage: storage, byteOffset: entry.range.lowerBound)
  }

  private static func shards(indexPath: String) throws(EngineError) -> SafetensorsFile {
    let index = TensorStorage(file: try MappedFile(path: indexPath))
    let (map, metadata) = try index.withCheckedBytes { bytes throws(EngineError) in
      try weightMap(bytes)
    }
    let folder = (indexPath as NSString).deletingLastPathComponent
    var byShard: OrderedDictionary<String, Set<String>> = [:]
    for (name, shard) in map { byShard[shard, default: []].insert(name) }
    var tensors: OrderedDictionary<String, Tensor> = [:]
    var fileBytes = index.byteCount
    for (shard, names) in byShard {
      let path = folder.isEmpty ? shard : folder + "/" + shard
      let file: SafetensorsFile
      do throws(EngineError) {
        file = try read(TensorStorage(file: try MappedFile(path: path)))
      } catch {
        throw error.inFile(path)
      }
      fileBytes += file.fileBytes
      if let missing = names.first(where: { file.tensors[$0] == nil }) {
        throw EngineError(
          .malformedFile, path: path, subject: "tensor '\(missing)'",
          problem: "is in the index but not in this shard", remedy: SafetensorsHeader.remedy)
      }
      for (name, tensor) in file.tensors where names.contains(name) { tensors[name] = tensor }
    }
    return SafetensorsFile(tensors: tensors, metadata: metadata, fileBytes: fileBytes)
  }

  private static func weightMap(
    _ bytes: UnsafeRawBufferPointer
  ) throws(EngineError) -> (
    map: OrderedDictionary<String, String>, metadata: OrderedDictionary<String, String>
  ) {
    guard case .object(let members) = try JSONParser.parse(bytes, 0..<bytes.count),
      case .object(let weightMap)? = members["weight_map"]
    else {
      throw EngineError(
        .malformedFile, problem: "is not a safetensors index: it has no weight_map",
        remedy: "Give the .safetensors file or the .safetensors.index.json of a model")
    }
    var map: OrderedDictionary<String, String> = [:]
    for (name, value) in weightMap {
      guard case .string(let shard) = value, !shard.isEmpty, shard != ".", shard != "..",
        !shard.contains("/"), !shard.contains("\0")
      else {
        throw EngineError(
          .malformedFile, subject: "tensor '\(name)'",
          problem: "lies in a shard that is no file name in the index's folder",
          remedy: SafetensorsHeader.remedy)
      }
      map[name] = shard
    }
    var metadata: OrderedDictionary<String, String> = [:]
    if case .object(let entries)? = members["metadata"] {
      for case (let key, .string(let text)) in entries { metadata[key] = text }
    }
    return (map, metadata)
  }
}
