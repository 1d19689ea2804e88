import OrderedCollections
import Tensors

/// `TensorQuantOverrides` of ONNX Runtime's `quantize_static`: type, scale and zero point of each weight.
///
/// A list for each tensor: one object, or one for each channel of `axis`. With `scale` and `zero_point`
/// given, ONNX Runtime computes the very codes of the plan: `rint(w / scale) + zero_point`. JSON has no
/// enumerations: `quant_type` is the name, for `QuantType.from_string`, and scales and zero points
/// become NumPy scalars, as `Documentation/recipes.md` shows.
public struct ONNXRuntimeRecipe: ImportableRecipe {
  /// Makes the target.
  public init() {}

  /// `onnxruntime`.
  public var name: String { "onnxruntime" }
  /// What the file is.
  public var summary: String { "TensorQuantOverrides of ONNX Runtime's quantize_static" }
  /// `json`.
  public var fileExtension: String { "json" }
  /// Scales are written, so that codes are the plan's.
  public var needsCompressedWeights: Bool { true }

  /// The overrides.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var tensors: OrderedDictionary<String, PlanTree> = [:]
    for layer in request.changed {
      notes.addOthers(of: layer, tool: "ONNX Runtime")
      if layer.form.prune != nil {
        notes.add("overrides say nothing of zeros: quantize the pruned model", layer: layer.name)
      }
      if layer.form.activations != nil {
        notes.add(
          "activations get what quantize_static's activation_type says", layer: layer.name)
      }
      guard let weights = layer.form.weights else { continue }
      guard weights.isInteger, let compressed = layer.compressed,
        let encoding = QuantizedEncoding(compressed, bits: weights.bits)
      else {
        notes.add(
          "overrides have no \(weights.words); the weights are left out", layer: layer.name)
        continue
      }
      if weights.range != "minmax", ![4, 8, 16].contains(weights.bits) {
        notes.add(
          "ONNX Runtime clips at the type's range, not at \(weights.bits) bits", layer: layer.name)
      }
      if weights.method != "nearest" {
        notes.add(
          "ONNX Runtime rounds to the nearest, not by '\(weights.method)'", layer: layer.name)
      }
      switch encoding.form {
      case .tensor: tensors[layer.layer.weight] = .lines([Self.entry(encoding, 0, nil)])
      case .channels(let axis):
        tensors[layer.layer.weight] = .lines(
          encoding.scales.indices.map { Self.entry(encoding, $0, axis) })
      default:
        notes.add("overrides have no groups; the weights are left out", layer: layer.name)
      }
    }
    for layer in request.layers
    where layer.form.weights == nil && !layer.nodes.isEmpty && !tensors.isEmpty {
      notes.add("pass to quantize_static as nodes_to_exclude", layer: layer.nodes[0])
    }
    guard !tensors.isEmpty else { throw EngineError.nothingToWrite(for: name, notes.lines) }
    return Recipe(text: PlanTree.block(tensors).json() + "\n", notes: notes.lines)
  }

  private static func entry(_ encoding: QuantizedEncoding, _ index: Int, _ axis: Int?) -> PlanTree {
    let width = encoding.bits <= 4 ? 4 : encoding.bits <= 8 ? 8 : 16
    return .fields([
      "quant_type": .text("Q\(encoding.isSymmetric ? "" : "U")Int\(width)"),
      "axis": axis.map { .number($0) }, "scale": .number(encoding.scales[index]),
      "zero_point": .number(encoding.zero(index)),
    ])
  }
}
