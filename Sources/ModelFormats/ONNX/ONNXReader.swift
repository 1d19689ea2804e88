import NetworkGraph
import Tensors

/// Opens ONNX models (opset 1 to 25) by mapping the file.
///
/// Weights stored as raw data are views into the mapping, so opening costs only the parsing of the
/// structure. Fields that are not interpreted are kept byte for byte, for writing back.
public struct ONNXReader {
  /// The newest version of ONNX's own operator set that is read.
  public static let newestOpset = 25

  /// Opens the model at `path`, with its external data files.
  ///
  /// - Throws: ``EngineError`` naming the file, the byte and the node or tensor concerned.
  public static func read(path: String) throws(EngineError) -> ONNXModel {
    do throws(EngineError) {
      let file = try MappedFile(path: path)
      let external = ONNXExternalData(modelPath: path)
      let graph = try parse(TensorStorage(file: file), external: external)
      return ONNXModel(
        graph: graph, path: path, fileBytes: file.byteCount + external.byteCount)
    } catch {
      throw error.inFile(path)
    }
  }

  /// Reads a model held in memory, which can't refer to external data files.
  public static func read(bytes: [UInt8]) throws(EngineError) -> NetworkGraph {
    try parse(TensorStorage(bytes: bytes), external: ONNXExternalData(modelPath: nil))
  }

  private static func parse(
    _ storage: TensorStorage, external: ONNXExternalData
  ) throws(EngineError) -> NetworkGraph {
    try storage.withCheckedBytes { bytes throws(EngineError) in
      try ONNXSignature.check(bytes)
      let tensors = ONNXTensorParser(bytes: bytes, storage: storage, external: external)
      return try ONNXGraphParser(bytes: bytes, tensors: tensors).model()
    }
  }
}
