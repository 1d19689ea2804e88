import NetworkGraph
import Tensors

/// Reading ONNX Runtime's overrides.
extension ONNXRuntimeRecipe {
  /// The plan of `TensorQuantOverrides`: type and granularity of each weight.
  ///
  /// Tensors that are no layer's weight are activations, whose types a plan does not state one by one;
  /// they are told. Without layers, every tensor is taken for a weight.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "TensorQuantOverrides")
    var draft = PlanDraft(source: source, layers: layers)
    let root = source.optional(source.root, "TensorQuantOverrides") ?? source.root
    let weights = Set(layers.map(\.weight))
    for entry in try source.entries(root, of: "overrides") {
      guard let list = entry.value.sequence, let first = list.first else {
        throw source.failure(
          entry.value, "'\(entry.key)' has to be a list of overrides",
          remedy: "Write [{quant_type: QInt8}]")
      }
      guard weights.isEmpty || weights.contains(entry.key) else {
        draft.note("'\(entry.key)' is no layer's weight and is not read", at: entry.keyNode)
        continue
      }
      guard let typeNode = source.optional(first, "quant_type") else {
        draft.note("'\(entry.key)' has no quant_type and is not read", at: first)
        continue
      }
      let type = try source.text(typeNode, of: "quant_type")
      let unsigned = type.hasPrefix("QUInt")
      guard unsigned || type.hasPrefix("QInt"), let bits = Int(type.drop { !$0.isNumber }) else {
        draft.note("quant_type '\(type)' is not read", at: typeNode)
        continue
      }
      let isByChannel = list.count > 1 || source.optional(first, "axis") != nil
      var form = WeightForm(bits: bits, granularity: isByChannel ? .channel : .tensor)
      if unsigned { form.scheme = "asymmetric" }
      draft.set(.weights, form.tree, for: draft.key(parameter: entry.key), at: first)
    }
    return try draft.imported(kind: "TensorQuantOverrides")
  }
}
