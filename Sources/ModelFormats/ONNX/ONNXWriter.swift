import NetworkGraph
import Tensors

/// Writes ONNX models: one file with all weights as raw data.
///
/// What the reader kept uninterpreted is written back. Large tensors stream from where they lie
/// (such as the mapped source file) to the disk; the file is never held in memory.
public struct ONNXWriter {
  /// Protocol Buffers' limit for one message.
  public static let largestFile = Int(Int32.max)

  /// The exact length that ``write(_:to:)`` gives the file.
  public static func byteCount(_ graph: NetworkGraph) -> Int {
    var counter = ProtobufEncoder()
    ONNXGraphEncoder.model(graph, &counter)
    return counter.byteCount
  }

  /// The file's content in memory; for small models and tests.
  public static func bytes(_ graph: NetworkGraph) -> [UInt8] {
    var result: [UInt8] = []
    var encoder = ProtobufEncoder { result.append(contentsOf: $0) }
    ONNXGraphEncoder.model(graph, &encoder)
    return result
  }

  /// Writes the model, replacing a file at `path` only when the new one is complete.
  ///
  /// - Returns: The length of the file, equal to ``byteCount(_:)``.
  /// - Throws: ``EngineError`` with code `writeFailed`, or `unsupported` beyond 2 GiB.
  @discardableResult
  public static func write(_ graph: NetworkGraph, to path: String) throws(EngineError) -> Int {
    let size = byteCount(graph)
    guard size <= largestFile else {
      throw EngineError(
        .unsupported, path: path,
        problem: "would be \(size) bytes; an ONNX file can't be larger than \(largestFile)",
        remedy: "Use fewer bits, or write safetensors")
    }
    return try AtomicFile.write(to: path) { file throws(EngineError) in
      var failure: EngineError?
      var encoder = ProtobufEncoder { part in
        guard failure == nil else { return }
        do throws(EngineError) {
          try file.append(part)
        } catch {
          failure = error
        }
      }
      ONNXGraphEncoder.model(graph, &encoder)
      if let failure { throw failure }
    }
  }
}
