import OrderedCollections
import Tensors

/// Configurations of `coremltools.optimize.torch` as YAML, by module name.
///
/// Each of its optimizers has a configuration of its own with `global_config`, `module_type_configs`
/// and `module_name_configs`: `MagnitudePrunerConfig`, `PostTrainingQuantizerConfig`,
/// `PostTrainingPalettizerConfig` and, for SparseGPT and GPTQ, `LayerwiseCompressorConfig`. A plan that
/// needs one of them is written as the file that its `from_yaml` reads; one that needs several is a
/// mapping from class names to what their `from_dict` reads. `n_m_ratio` counts the zeros.
public struct CoreMLToolsRecipe: ImportableRecipe {
  /// Makes the target.
  public init() {}

  /// `coremltools`.
  public var name: String { "coremltools" }
  /// What the file is.
  public var summary: String { "configuration of coremltools.optimize.torch as YAML" }
  /// `yaml`.
  public var fileExtension: String { "yaml" }
  /// Names, bits and shares are all it takes.
  public var needsCompressedWeights: Bool { false }

  static let pruner = "MagnitudePrunerConfig"
  static let quantizer = "PostTrainingQuantizerConfig"
  static let palettizer = "PostTrainingPalettizerConfig"
  static let layerwise = "LayerwiseCompressorConfig"

  /// The configurations.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var classes: OrderedDictionary<String, OrderedDictionary<String, PlanTree>> = [:]
    var scheme: String?
    for layer in request.changed {
      let prune = Self.pruning(of: layer, &notes)
      if let (owner, config) = prune { classes[owner, default: [:]][layer.name] = config }
      if let weights = layer.form.weights,
        let (owner, config) = Self.storage(of: weights, layer, &notes)
      {
        if owner == Self.quantizer {
          // One scheme for all: the class refuses a mixture.
          scheme = scheme ?? weights.scheme
          guard scheme == weights.scheme else {
            notes.add(
              "coremltools quantizes all layers by one scheme, here \(scheme ?? "symmetric"); "
                + "the weights are left out", layer: layer.name)
            continue
          }
        }
        if owner == Self.layerwise, let (first, _) = prune, first == Self.layerwise {
          notes.add(
            "coremltools takes GPTQ or SparseGPT of a layer; its SparseGPT is written",
            layer: layer.name)
          continue
        }
        classes[owner, default: [:]][layer.name] = config
      }
      if layer.form.activations != nil {
        notes.add(
          "coremltools quantizes activations while training (LinearQuantizer); they are left out",
          layer: layer.name)
      }
      notes.addOthers(of: layer, tool: name)
    }
    if classes[Self.layerwise] != nil {
      notes.add("coremltools compresses layer by layer in sequential models only")
    }
    guard !classes.isEmpty else { throw EngineError.nothingToWrite(for: name, notes.lines) }
    return Recipe(text: Self.text(classes, request.model), notes: notes.lines)
  }

  private static func text(
    _ classes: OrderedDictionary<String, OrderedDictionary<String, PlanTree>>, _ model: String
  ) -> String {
    let trees = classes.mapValues { PlanTree.block(["module_name_configs": .block($0)]) }
    var header = "# coremltools.optimize.torch configuration of a weightbench plan for \(model)\n"
    if let (name, tree) = trees.elements.first, trees.count == 1 {
      return header + "# \(name).from_yaml(\"recipe.yaml\")\n" + tree.yaml()
    }
    header += "# recipe = yaml.safe_load(open(\"recipe.yaml\"))\n"
    for name in trees.keys { header += "# \(name).from_dict(recipe[\"\(name)\"])\n" }
    return header + PlanTree.block(trees).yaml()
  }

  /// The class that prunes a layer, and its configuration.
  private static func pruning(
    of layer: RecipeLayer, _ notes: inout RecipeNotes
  ) -> (owner: String, config: PlanTree)? {
    guard let prune = layer.form.prune,
      let fraction = notes.amount(of: layer, tool: "coremltools")
    else { return nil }
    var entries: OrderedDictionary<String, PlanTree> = ["target_sparsity": .number(fraction)]
    switch prune.pattern {
    case .unstructured: break
    case .keep(let keep, let of):
      entries = ["n_m_ratio": .list([.number(of - keep), .number(of)])]
    case .block(let sides) where sides.dropFirst().allSatisfy({ $0 == 1 }) && sides[0] > 1:
      entries["block_size"] = .number(sides[0])
    case .channel where layer.layer.shape.count >= 3:
      entries["granularity"] = .text("per_channel")
    default:
      notes.add(
        "coremltools has no such pattern of zeros; pruning is left out", layer: layer.name)
      return nil
    }
    switch prune.criterion {
    case "magnitude", "l1", "l2":
      let isStructured = entries["block_size"] != nil || entries["granularity"] != nil
      if isStructured, prune.criterion != "l2" {
        notes.add("coremltools ranks blocks and channels by their L2 norm", layer: layer.name)
      }
      return (pruner, .map(entries))
    case "sparsegpt" where entries["block_size"] == nil && entries["granularity"] == nil:
      entries["algorithm"] = .text("sparse_gpt")
      entries["weight_dtype"] = .text("float32")
      return (layerwise, .map(entries))
    default:
      notes.add(
        "coremltools has no criterion '\(prune.criterion)'; pruning is left out", layer: layer.name)
      return nil
    }
  }

  /// The class that stores a layer's weights, and its configuration.
  private static func storage(
    of weights: WeightForm, _ layer: RecipeLayer, _ notes: inout RecipeNotes
  ) -> (owner: String, config: PlanTree)? {
    if weights.isPalette {
      guard [1, 2, 3, 4, 6, 8].contains(weights.bits) else {
        notes.add("coremltools has palettes of 1, 2, 3, 4, 6 and 8 bits", layer: layer.name)
        return nil
      }
      if weights.scheme != "palette" {
        notes.add("coremltools starts k-means in its own way", layer: layer.name)
      }
      var entries: OrderedDictionary<String, PlanTree> = ["n_bits": .number(weights.bits)]
      switch weights.granularity {
      case .tensor: break
      case .channel:
        entries["granularity"] = .text("per_grouped_channel")
        entries["group_size"] = .number(1)
      case .group(let size):
        entries["granularity"] = .text("per_grouped_channel")
        entries["group_size"] = .number(size)
      }
      return (palettizer, .map(entries))
    }
    let isGPTQ = weights.method == "gptq"
    guard let type = dataType(weights, isGPTQ: isGPTQ) else {
      notes.add(
        "coremltools can't store \(weights.words); the weights are left out", layer: layer.name)
      return nil
    }
    if weights.method != "nearest", !isGPTQ {
      notes.add(
        "coremltools has no rounding '\(weights.method)'; it rounds to the nearest",
        layer: layer.name)
    }
    if weights.range != "minmax" {
      notes.add(
        "coremltools has no range '\(weights.range)'; it takes the least and the largest",
        layer: layer.name)
    }
    var entries: OrderedDictionary<String, PlanTree> = isGPTQ ? ["algorithm": .text("gptq")] : [:]
    entries["weight_dtype"] = .text(type)
    if weights.isInteger {
      entries["quantization_scheme"] = .text(
        weights.scheme == "asymmetric" ? "affine" : "symmetric")
    }
    switch weights.granularity {
    case .tensor: entries["granularity"] = .text("per_tensor")
    case .channel: entries["granularity"] = .text("per_channel")
    case .group(let size):
      entries["granularity"] = .text("per_block")
      entries["block_size"] = .number(size)
    }
    return (isGPTQ ? layerwise : quantizer, .map(entries))
  }

  /// The name of the data type; nil when the optimizer has none.
  private static func dataType(_ weights: WeightForm, isGPTQ: Bool) -> String? {
    switch (weights.scheme, weights.bits) {
    case (_, 4) where isGPTQ && weights.isInteger, (_, 8) where isGPTQ && weights.isInteger:
      "uint\(weights.bits)"
    case ("symmetric", 4), ("symmetric", 8): "int\(weights.bits)"
    case ("asymmetric", 4), ("asymmetric", 8): "uint\(weights.bits)"
    case ("fp8-e4m3", _) where !isGPTQ: "fp8_e4m3"
    case ("fp8-e5m2", _) where !isGPTQ: "fp8_e5m2"
    default: nil
    }
  }
}
