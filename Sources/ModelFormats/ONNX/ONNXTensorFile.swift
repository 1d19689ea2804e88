import Tensors

/// Reads a single `TensorProto`, the form of the inputs and outputs of ONNX's backend cases.
public struct ONNXTensorFile {
  /// Reads the tensor at `path` with its name, which may be empty.
  public static func read(
    path: String
  ) throws(EngineError) -> (name: String, tensor: Tensor) {
    do throws(EngineError) {
      let storage = TensorStorage(file: try MappedFile(path: path))
      return try storage.withCheckedBytes { bytes throws(EngineError) in
        let parser = ONNXTensorParser(
          bytes: bytes, storage: storage, external: ONNXExternalData(modelPath: path))
        let parsed = try parser.tensor(0..<bytes.count)
        return (parsed.name, parsed.tensor)
      }
    } catch {
      throw error.inFile(path)
    }
  }
}
