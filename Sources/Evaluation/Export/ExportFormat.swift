import Foundation
import Tensors

/// A file format that a compressed model is written in.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// ONNX with the compressed weights as 32-bit floats, zeros baked in.
  case onnx
  /// ONNX with integer weights and `DequantizeLinear` in front of their nodes.
  case onnxQDQ = "onnx-qdq"
  /// The compressed weights as 32-bit floats, without a graph.
  case safetensors

  /// The file ending, without a dot.
  public var fileExtension: String { self == .safetensors ? "safetensors" : "onnx" }

  /// The format of that name, or the one that the file's ending asks for.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` for an unknown name or ending.
  public static func choose(name: String?, path: String) throws(EngineError) -> ExportFormat {
    let known = allCases.map(\.rawValue).joined(separator: ", ")
    if let name {
      guard let format = ExportFormat(rawValue: name) else {
        throw EngineError(
          .invalidArgument, subject: "--format \(name)", problem: "is not a format",
          remedy: "Use one of \(known)")
      }
      return format
    }
    switch URL(filePath: path).pathExtension {
    case "onnx": return .onnx
    case "safetensors": return .safetensors
    default:
      throw EngineError(
        .invalidArgument, path: path, problem: "the ending tells no format",
        remedy: "End the name in .onnx or .safetensors, or give --format (\(known))")
    }
  }
}
