import Evaluation

/// What the export form offers: a model format, or the plan alone.
public enum ExportChoice: Sendable, Hashable {
  /// The model under the plan, in a format.
  case model(ExportFormat)
  /// The plan alone, as YAML.
  case plan

  /// ONNX with float weights: zeros and rounded values baked in.
  public static let onnx = ExportChoice.model(.onnx)
  /// ONNX with integer weights and `DequantizeLinear`.
  public static let onnxQDQ = ExportChoice.model(.onnxQDQ)

  /// Every format, and the plan.
  public static let allCases = ExportFormat.allCases.map { ExportChoice.model($0) } + [.plan]

  /// The model format; nil for the plan.
  public var format: ExportFormat? {
    if case .model(let format) = self { format } else { nil }
  }

  /// The name in commands, and on the form.
  var title: String { format?.rawValue ?? "plan" }

  /// What it is, in one line.
  var summary: String {
    format?.summary ?? "The settings alone: weightbench apply makes the model from them"
  }

  /// What the written file ends in.
  public var fileExtension: String { format?.fileExtension ?? "plan.yaml" }
}
