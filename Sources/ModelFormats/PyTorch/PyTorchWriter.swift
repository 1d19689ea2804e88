import Tensors

/// Writes state dictionaries in PyTorch's zip form.
///
/// The archive has the records of torch/serialization.py, `_save`: `data.pkl`, `.format_version`,
/// `.storage_alignment`, `byteorder`, `data/<n>` and `version`. Equal dictionaries give equal bytes.
public struct PyTorchWriter {
  /// The exact length that ``write(_:to:)`` gives the file; no values are read.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` for strings, which no tensor of PyTorch holds.
  public static func byteCount(_ state: PyTorchStateDict) throws(EngineError) -> Int {
    StoredZipWriter(try entries(state, readsValues: false)).byteCount
  }

  /// Writes the file, replacing one at `path` only when the new one is complete.
  ///
  /// - Returns: The length of the file.
  /// - Throws: ``EngineError`` with code `writeFailed`, or `unsupported` for strings.
  @discardableResult
  public static func write(
    _ state: PyTorchStateDict, to path: String
  ) throws(EngineError) -> Int {
    let archive = StoredZipWriter(try entries(state, readsValues: true))
    return try AtomicFile.write(to: path) { file throws(EngineError) in
      try archive.write(to: file)
    }
  }

  private static func entries(
    _ state: PyTorchStateDict, readsValues: Bool
  ) throws(EngineError) -> [StoredZipWriter.Entry] {
    var pickle = StateDictPickle(readsValues: readsValues)
    try pickle.write(state)
    func record(_ name: String, _ text: String) -> StoredZipWriter.Entry {
      StoredZipWriter.Entry(name: "archive/\(name)", bytes: Array(text.utf8))
    }
    var entries = [
      StoredZipWriter.Entry(name: "archive/data.pkl", bytes: pickle.writer.bytes),
      record(".format_version", "1"), record(".storage_alignment", "64"),
      record("byteorder", "little"),
    ]
    for (key, storage) in pickle.storages.enumerated() {
      entries.append(StoredZipWriter.Entry(name: "archive/data/\(key)", pieces: [storage]))
    }
    // Version 3 is the first without operator versions of TorchScript (caffe2/serialize/versions.h).
    entries.append(record("version", "3\n"))
    return entries
  }
}
