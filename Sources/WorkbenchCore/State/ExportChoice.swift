/// What the export form offers: a model format, or the plan alone.
public enum ExportChoice: String, Sendable, Hashable, CaseIterable {
  /// ONNX with float weights: zeros and rounded values baked in.
  case onnx = "onnx"
  /// ONNX with integer weights and `DequantizeLinear`.
  case onnxQDQ = "onnx-qdq"
  /// The weights alone, as safetensors.
  case safetensors = "safetensors"
  /// The plan alone, as YAML.
  case plan = "plan"

  /// In words for the form.
  var title: String {
    switch self {
    case .onnx: "ONNX float"
    case .onnxQDQ: "ONNX QDQ"
    case .safetensors: "safetensors"
    case .plan: "plan YAML"
    }
  }

  /// What the written file ends in.
  public var fileExtension: String {
    switch self {
    case .onnx, .onnxQDQ: "onnx"
    case .safetensors: "safetensors"
    case .plan: "plan.yaml"
    }
  }
}
