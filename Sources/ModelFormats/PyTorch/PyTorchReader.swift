import OrderedCollections
import Tensors

/// Reads the weights of `.pth` and `.pt` files, the zip form and the older one, without running
/// anything in them.
///
/// The zip form is an archive of `data.pkl`, `byteorder` and one stored entry for each storage
/// (torch/serialization.py, `_save`); the older one is a row of pickles that begins with
/// 0x1950a86a20f9469cfc6c, followed by the storages (`_legacy_save`).
public struct PyTorchReader {
  /// Whether a path has an ending that PyTorch's users give to weights.
  public static func isWeightFile(_ path: String) -> Bool {
    [".pth", ".pt", ".th", ".pth.tar"].contains { path.hasSuffix($0) }
  }

  /// Opens the file at `path`.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` naming a global that is not read, else
  ///   `malformedFile`, `truncatedFile` or `missingFile`.
  public static func read(path: String) throws(EngineError) -> PyTorchFile {
    do throws(EngineError) {
      return try read(TensorStorage(file: try MappedFile(path: path)))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Reads a file held in memory.
  public static func read(bytes: [UInt8]) throws(EngineError) -> PyTorchFile {
    try read(TensorStorage(bytes: bytes))
  }

  private static func read(_ storage: TensorStorage) throws(EngineError) -> PyTorchFile {
    try storage.withCheckedBytes { bytes throws(EngineError) in
      if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
        let archive = try PyTorchArchive(bytes)
        return try weights(
          archive.root, archive.heap, storage.byteCount
        ) { storage throws(EngineError) in
          try archive.bytes(of: storage)
        }
      }
      let file = try PyTorchLegacyFile(bytes)
      return try weights(file.root, file.heap, storage.byteCount) { part throws(EngineError) in
        guard let range = file.ranges[part.key] else {
          throw EngineError(
            .malformedFile, subject: "storage '\(part.key.prefix(80))'",
            problem: "is not in the file",
            remedy: PickleMachine.copyAgain)
        }
        return (storage, range.lowerBound)
      }
    }
  }

  private static func weights(
    _ root: PickleValue, _ heap: [PickleObject], _ fileBytes: Int,
    load: @escaping (PyTorchStorage) throws(EngineError) -> PyTorchTensors.Bytes
  ) throws(EngineError) -> PyTorchFile {
    let choice = StateDictChoice(heap: heap)
    let found = try choice.find(root)
    var made = PyTorchTensors(heap: heap, contentBytes: fileBytes, load: load)
    var state = StateDictTensors()
    for (key, value) in choice.entries(found.object) {
      do throws(EngineError) {
        if let view = choice.view(value) {
          try state.add(key, view, &made)
        } else if let packed = choice.packed(value) {
          let module = StateDictTensors.module(ofPacked: key)
          try state.add(module + "weight", packed.weight, &made)
          if let bias = packed.bias { try state.add(module + "bias", bias, &made) }
        }
      } catch {
        throw error.about("tensor '\(key.prefix(200))'")
      }
    }
    state.finish()
    return PyTorchFile(
      tensors: state.tensors, codes: state.codes, maskedNames: state.maskedNames,
      location: found.location, fileBytes: fileBytes)
  }
}
