import OrderedCollections
import Tensors

/// A recipe of vLLM's llm-compressor: YAML with one stage, whose modifiers name modules.
///
/// The form is that of `llmcompressor.recipe.Recipe`: `<name>_stage` holds `<group>_modifiers`, each a
/// mapping of modifier classes to their arguments, so that a class may be used in several groups.
/// Quantization schemes are compressed-tensors' `QuantizationScheme`: `targets`, and `weights` and
/// `input_activations` with `num_bits`, `type`, `symmetric`, `strategy`, `group_size`, `dynamic`,
/// `observer`. `mask_structure` counts the zeros: keeping 1 of 4 is written `3:4`.
public struct LLMCompressorRecipe: ImportableRecipe {
  /// Makes the target.
  public init() {}

  /// `llm-compressor`.
  public var name: String { "llm-compressor" }
  /// What the file is.
  public var summary: String { "recipe.yaml of vLLM's llm-compressor" }
  /// `yaml`.
  public var fileExtension: String { "yaml" }
  /// Names, bits and shares are all it takes.
  public var needsCompressedWeights: Bool { false }

  /// The recipe.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var groups: OrderedDictionary<String, PlanTree> = [:]
    for (index, pruning) in Self.pruning(request, &notes).enumerated() {
      groups["pruning_\(index)_modifiers"] = .block([pruning.modifier: pruning.arguments])
    }
    for (modifier, schemes) in Self.quantization(request, &notes) {
      var config: OrderedDictionary<String, PlanTree> = [:]
      for (index, scheme) in schemes.enumerated() { config["group_\(index)"] = scheme }
      groups[modifier == "GPTQModifier" ? "gptq_modifiers" : "quantization_modifiers"] =
        .block([modifier: .block(["config_groups": .block(config)])])
    }
    guard !groups.isEmpty else {
      throw EngineError.nothingToWrite(for: name, notes.lines)
    }
    for layer in request.changed { notes.addOthers(of: layer, tool: name) }
    for layer in request.changed where layer.layer.op != "Gemm" && layer.layer.op != "MatMul" {
      notes.add(
        "llm-compressor is made for Linear modules and may skip others", layer: layer.name)
    }
    let header = """
      # llm-compressor recipe of a weightbench plan for \(request.model)
      # llmcompressor.oneshot(model=model, dataset=dataset, recipe="recipe.yaml")

      """
    return Recipe(
      text: header + PlanTree.block(["weightbench_stage": .block(groups)]).yaml(),
      notes: notes.lines)
  }

  /// A modifier with its arguments.
  private struct Modifier {
    var modifier: String
    var arguments: PlanTree
  }

  /// What layers share when one pruning modifier serves them.
  private struct Pruning: Hashable {
    var modifier: String
    var fraction: Double
    var structure: String
  }

  private static func pruning(_ request: RecipeRequest, _ notes: inout RecipeNotes) -> [Modifier] {
    var groups: OrderedDictionary<Pruning, [RecipeLayer]> = [:]
    for layer in request.layers {
      guard let prune = layer.form.prune,
        let fraction = notes.amount(of: layer, tool: "llm-compressor")
      else { continue }
      guard let (modifier, structure) = modifier(for: prune) else {
        let pattern = prune.pattern == .unstructured ? "" : " with this pattern of zeros"
        notes.add(
          "llm-compressor has no criterion '\(prune.criterion)'\(pattern); pruning is left out",
          layer: layer.name)
        continue
      }
      if modifier == magnitude {
        notes.add("\(magnitude) works while training, not in one shot", layer: layer.name)
      }
      groups[
        Pruning(modifier: modifier, fraction: fraction, structure: structure), default: []
      ].append(layer)
    }
    return groups.map { key, layers in
      Modifier(modifier: key.modifier, arguments: arguments(key, layers))
    }
  }

  /// The modifier of a criterion and its name for the pattern; nil when the tool has no such pair.
  private static func modifier(for prune: PruningForm) -> (name: String, structure: String)? {
    switch (prune.criterion, prune.pattern) {
    case ("sparsegpt", .unstructured): ("SparseGPTModifier", "0:0")
    case ("sparsegpt", .keep(let keep, let of)): ("SparseGPTModifier", "\(of - keep):\(of)")
    case ("wanda", .unstructured): ("WandaPruningModifier", "0:0")
    case ("wanda", .keep(let keep, let of)): ("WandaPruningModifier", "\(of - keep):\(of)")
    case ("magnitude", .unstructured), ("l1", .unstructured): (magnitude, "unstructured")
    case ("magnitude", .channel), ("l1", .channel): (magnitude, "channel")
    default: nil
    }
  }

  private static let magnitude = "MagnitudePruningModifier"

  private static func arguments(_ pruning: Pruning, _ layers: [RecipeLayer]) -> PlanTree {
    guard pruning.modifier != magnitude else {
      return .block([
        "init_sparsity": .number(pruning.fraction), "final_sparsity": .number(pruning.fraction),
        "start": .literal("0.0"), "end": .literal("1.0"),
        "mask_structure": .text(pruning.structure),
        "targets": .lines(layers.map { .text($0.parameter) }),
      ])
    }
    return .block([
      "sparsity": .number(pruning.fraction), "mask_structure": .text(pruning.structure),
      "targets": .lines(layers.map { .text($0.name) }),
    ])
  }

  /// Schemes by modifier: GPTQ's, and those that round to the nearest.
  private static func quantization(
    _ request: RecipeRequest, _ notes: inout RecipeNotes
  ) -> OrderedDictionary<String, [PlanTree]> {
    struct Key: Hashable {
      var modifier: String
      var weights: WeightForm?
      var activations: ActivationForm?
    }
    var groups: OrderedDictionary<Key, [RecipeLayer]> = [:]
    for layer in request.layers {
      var weights = layer.form.weights
      if let form = weights, form.isFloat ? form.scheme != "fp8-e4m3" : !form.isInteger {
        notes.add(
          "llm-compressor can't store \(form.words); the weights are left out", layer: layer.name)
        weights = nil
      }
      let activations = layer.form.activations
      guard weights != nil || activations != nil else { continue }
      let isGPTQ = weights?.method == "gptq"
      if let method = weights?.method, method != "nearest", !isGPTQ {
        notes.add(
          "llm-compressor has no rounding '\(method)'; it rounds to the nearest",
          layer: layer.name)
      }
      for range in [weights?.range, activations?.range].compactMap({ $0 })
      where range != "minmax" && range != "mse" {
        notes.add(
          "llm-compressor has no range '\(range)'; it takes the least and the largest",
          layer: layer.name)
      }
      let key = Key(
        modifier: isGPTQ ? "GPTQModifier" : "QuantizationModifier", weights: weights,
        activations: activations)
      groups[key, default: []].append(layer)
    }
    var result: OrderedDictionary<String, [PlanTree]> = [:]
    for (key, layers) in groups {
      var scheme: OrderedDictionary<String, PlanTree> = [
        "targets": .lines(layers.map { .text($0.name) })
      ]
      scheme["weights"] = key.weights.map(arguments)
      scheme["input_activations"] = key.activations.map(arguments)
      result[key.modifier, default: []].append(.block(scheme))
    }
    return result
  }

  private static func arguments(_ form: WeightForm) -> PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [
      "num_bits": .number(form.bits), "type": .text(form.isFloat ? "float" : "int"),
      "symmetric": .flag(form.scheme != "asymmetric"),
    ]
    switch form.granularity {
    case .tensor: entries["strategy"] = .text("tensor")
    case .channel: entries["strategy"] = .text("channel")
    case .group(let size):
      entries["strategy"] = .text("group")
      entries["group_size"] = .number(size)
    }
    entries["observer"] = .text(form.range == "mse" ? "mse" : "minmax")
    return .map(entries)
  }

  private static func arguments(_ form: ActivationForm) -> PlanTree {
    .map([
      "num_bits": .number(form.bits), "type": .text("int"),
      "symmetric": .flag(form.scheme == "symmetric"),
      "strategy": .text(form.isDynamic ? "token" : "tensor"), "dynamic": .flag(form.isDynamic),
    ])
  }
}
