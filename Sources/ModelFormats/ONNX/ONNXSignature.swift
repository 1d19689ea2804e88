import Tensors

/// Tells files that are no ONNX models at all from damaged ones.
enum ONNXSignature {
  private static let known: [(bytes: [UInt8], kind: String)] = [
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    (Array("PK".utf8) + [3, 4], "a zip archive (as .npz and .pth files are)"),
    ([0x1F, 0x8B], "a gzip file"),
    (Array("GGUF".utf8), "a GGUF model"),
    ([0x89] + Array("HDF".utf8), "an HDF5 file"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer, not the file it stands for"),
    (Array("<".utf8), "HTML or XML text"),
    (Array("{".utf8), "JSON text"),
    (Array("%PDF".utf8), "a PDF document"),
    ([0x7F] + Array("ELF".utf8), "a program"),
    ([0x80, 0x02], "a Python pickle"),
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"),
  ]

  /// Throws when the first bytes can't be those of a model.
  static func check(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    if bytes.isEmpty { throw notAModel("the file is empty") }
    for (signature, kind) in known where bytes.starts(with: signature) {
      throw notAModel("the file is \(kind)")
    }
    if bytes.count >= 8, bytes[4..<8].elementsEqual(Array("TFL3".utf8)) {
      throw notAModel("the file is a TensorFlow Lite model")
    }
    var reader = ProtobufReader(bytes)
    let first: ProtobufField?
    do throws(EngineError) {
      first = try reader.next()
    } catch  where error.code == .truncatedFile {
      // A model whose first field is cut off: the parser tells where.
      return
    } catch {
      throw notAModel("its first bytes are no ModelProto field")
    }
    guard let first, isModelField(first) else {
      throw notAModel("its first bytes are no ModelProto field")
    }
  }

  private static func isModelField(_ field: ProtobufField) -> Bool {
    switch (field.number, field.content) {
    case (1, .varint), (5, .varint): true
    case (2...4, .bytes), (6...8, .bytes), (14, .bytes), (20, .bytes), (25...26, .bytes): true
    default: false
    }
  }

  static func notAModel(_ reason: String) -> EngineError {
    EngineError(
      .malformedFile, problem: "is not an ONNX model: \(reason)",
      remedy: "Give a file that an ONNX exporter wrote")
  }
}
