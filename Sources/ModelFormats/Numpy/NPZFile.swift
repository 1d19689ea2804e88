import OrderedCollections
import Tensors

/// NumPy's `.npz` files: zip archives of `.npy` arrays, stored or deflated.
public struct NPZFile {
  /// The arrays of the file at `path` by name, in file order.
  ///
  /// Sizes are checked before anything is allocated: an archive may not unfold to more than 16 GiB,
  /// nor by more than deflate can.
  ///
  /// - Parameter largest: Arrays of more bytes are unfolded into a temporary file and mapped, where one
  ///   can be written; nil holds all of them in memory.
  public static func read(
    path: String, inMemoryUpTo largest: Int? = nil
  ) throws(EngineError) -> OrderedDictionary<String, Tensor> {
    do throws(EngineError) {
      let file = try MappedFile(path: path)
      return try read(TensorStorage(file: file), file, inMemoryUpTo: largest)
    } catch {
      throw error.inFile(path)
    }
  }

  /// The arrays of an archive held in memory.
  public static func read(
    bytes: [UInt8]
  ) throws(EngineError) -> OrderedDictionary<String, Tensor> {
    try read(TensorStorage(bytes: bytes))
  }

  private static func read(
    _ storage: TensorStorage, _ file: MappedFile? = nil, inMemoryUpTo largest: Int? = nil
  ) throws(EngineError) -> OrderedDictionary<String, Tensor> {
    try storage.withCheckedBytes { bytes throws(EngineError) in
      guard bytes.starts(with: Array("PK".utf8)) else {
        throw EngineError(
          .malformedFile, problem: "is not an .npz archive",
          remedy: "Give a file that numpy.savez or numpy.savez_compressed wrote")
      }
      let archive = try ZipArchive(bytes)
      var arrays: OrderedDictionary<String, Tensor> = [:]
      for entry in archive.entries where entry.name.hasSuffix(".npy") {
        do throws(EngineError) {
          let name = String(entry.name.dropLast(4))
          arrays[name] = try NPYCoding.decode(archive.open(entry), of: file, inMemoryUpTo: largest)
        } catch {
          throw error.about("entry '\(entry.name)'")
        }
      }
      guard !arrays.isEmpty || archive.entries.isEmpty else {
        throw EngineError(
          .malformedFile, problem: "is a zip archive, but holds no .npy arrays",
          remedy: "Give a file that numpy.savez or numpy.savez_compressed wrote")
      }
      return arrays
    }
  }

  /// Writes a deflated archive; equal arrays give equal bytes.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`, or `unsupported` for types NumPy has not.
  public static func write(
    _ arrays: OrderedDictionary<String, Tensor>, to path: String
  ) throws(EngineError) {
    do throws(EngineError) {
      var entries: [ZipWriter.Entry] = []
      for (name, tensor) in arrays {
        do throws(EngineError) {
          let head = try NPYCoding.header(of: tensor)
          entries.append(ZipWriter.Entry(name: name + ".npy", head: head, body: tensor))
        } catch {
          throw error.about("array '\(name)'")
        }
      }
      try AtomicFile.write(to: path) { file throws(EngineError) in
        try ZipWriter.write(entries, to: file)
      }
    } catch {
      throw error.inFile(path)
    }
  }
}
