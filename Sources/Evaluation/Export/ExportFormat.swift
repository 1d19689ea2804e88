import Foundation
import ModelFormats
import Tensors

/// A file format that a compressed model is written in.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// ONNX with the compressed weights as 32-bit floats, zeros baked in.
  case onnx
  /// ONNX with integer weights and `DequantizeLinear` in front of their nodes.
  case onnxQDQ = "onnx-qdq"
  /// The compressed weights as 32-bit floats, without a graph.
  case safetensors
  /// A state dictionary of PyTorch with the compressed weights as 32-bit floats.
  case pth
  /// A state dictionary with `weight_orig` and `weight_mask`, as `torch.nn.utils.prune` leaves it.
  case pthMask = "pth-mask"
  /// A state dictionary with linear layers as `torch.ao.nn.quantized.dynamic` loads them: qint8.
  case pthInt8 = "pth-int8"
  /// compressed-tensors `pack-quantized`: codes of 4 or 8 bits packed into words, with `config.json`.
  case compressedPack = "ct-pack"
  /// compressed-tensors `int-quantized`: codes of a byte, with `config.json`.
  case compressedInt = "ct-int"
  /// compressed-tensors `float-quantized`: FP8 E4M3 codes, with `config.json`.
  case compressedFloat = "ct-float"
  /// compressed-tensors `sparse-bitmask`: floats without their zeros, with `config.json`.
  case compressedBitmask = "ct-bitmask"
  /// compressed-tensors `sparse-24-bitmask`: two of four floats, with `config.json`.
  case compressed24 = "ct-2of4"

  /// The file ending, without a dot.
  public var fileExtension: String {
    switch self {
    case .onnx, .onnxQDQ: "onnx"
    case .pth, .pthMask, .pthInt8: "pth"
    default: "safetensors"
    }
  }

  /// What the format is for, in a few words.
  public var summary: String {
    switch self {
    case .onnx: "ONNX, 32-bit floats with zeros"
    case .onnxQDQ: "ONNX, integers with DequantizeLinear"
    case .safetensors: "safetensors, 32-bit floats with zeros"
    case .pth: "PyTorch state dictionary, 32-bit floats with zeros"
    case .pthMask: "PyTorch state dictionary with weight_orig and weight_mask"
    case .pthInt8: "PyTorch state dictionary for dynamic qint8 linear layers"
    case .compressedPack: "compressed-tensors pack-quantized (4 or 8 bits in words)"
    case .compressedInt: "compressed-tensors int-quantized (a byte a weight)"
    case .compressedFloat: "compressed-tensors float-quantized (FP8 E4M3)"
    case .compressedBitmask: "compressed-tensors sparse-bitmask (0.3 to 0.14)"
    case .compressed24: "compressed-tensors sparse-24-bitmask (0.9 to 0.14)"
    }
  }

  /// The form inside a compressed-tensors file; nil for other formats.
  public var compressedTensors: CompressedTensorsConfig.Format? {
    switch self {
    case .compressedPack: .packQuantized
    case .compressedInt: .intQuantized
    case .compressedFloat: .floatQuantized
    case .compressedBitmask: .sparseBitmask
    case .compressed24: .sparse24Bitmask
    default: nil
    }
  }

  /// Whether a file of this format has the graph, so that it can be run.
  public var holdsGraph: Bool { self == .onnx || self == .onnxQDQ }

  /// Whether the number of bytes depends on how many weights are zero.
  var dependsOnZeros: Bool { compressedTensors?.isSparse == true }

  /// The files written beside the one at `path`.
  public func companions(of path: String) -> [String] {
    compressedTensors == nil ? [] : [CompressedTensorsReader.configPath(for: path)]
  }

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
    case "pth", "pt", "th": return .pth
    default:
      throw EngineError(
        .invalidArgument, path: path, problem: "the ending tells no format",
        remedy: "End the name in .onnx, .safetensors or .pth, or give --format (\(known))")
    }
  }
}
