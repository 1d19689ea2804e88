import OrderedCollections
import Tensors

/// A configuration of torchao: the JSON that `torchao.core.config.config_from_dict` reads.
///
/// It is a `FqnToConfig`, a mapping from module names to the configuration of each; objects are
/// `{"_type": class, "_version": n, "_data": fields}`, data types `{"_type": "torch.dtype", "_data":
/// "int4"}` and choices `{"_type": enumeration, "_data": name}`. Weights of 1 to 8 bits are
/// `IntxWeightOnlyConfig`, with int8 activations found while running
/// `Int8DynamicActivationIntxWeightConfig`.
public struct TorchAORecipe: ImportableRecipe {
  /// Makes the target.
  public init() {}

  /// `torchao`.
  public var name: String { "torchao" }
  /// What the file is.
  public var summary: String { "FqnToConfig of torchao as JSON" }
  /// `json`.
  public var fileExtension: String { "json" }
  /// Names and bits are all it takes.
  public var needsCompressedWeights: Bool { false }

  /// The configuration.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var configs: OrderedDictionary<String, PlanTree> = [:]
    for layer in request.changed {
      if layer.form.prune != nil {
        notes.add("torchao has no pruning; it is left out", layer: layer.name)
      }
      if let config = Self.config(for: layer, &notes) { configs[layer.name] = config }
      notes.addOthers(of: layer, tool: name)
    }
    guard !configs.isEmpty else { throw EngineError.nothingToWrite(for: name, notes.lines) }
    let tree = PlanTree.block([
      "_type": .text("FqnToConfig"), "_version": .number(1),
      "_data": .block(["fqn_to_config": .block(configs)]),
    ])
    return Recipe(text: tree.json() + "\n", notes: notes.lines)
  }

  private static func config(for layer: RecipeLayer, _ notes: inout RecipeNotes) -> PlanTree? {
    guard let weights = layer.form.weights else {
      if layer.form.activations != nil {
        notes.add("torchao stores activations only where weights are stored", layer: layer.name)
      }
      return nil
    }
    if weights.scheme == "fp8-e4m3" {
      noteActivations(layer, &notes)
      return object("Float8WeightOnlyConfig", [:], version: 2)
    }
    guard weights.isInteger, (1...8).contains(weights.bits) else {
      notes.add("torchao can't store \(weights.words); the layer is left out", layer: layer.name)
      return nil
    }
    noteDifferences(layer, weights, &notes)
    var prefix = ""
    var type = "IntxWeightOnlyConfig"
    if let activations = layer.form.activations, activations.isDynamic, activations.bits == 8 {
      guard layer.layer.shape.count == 2 else {
        notes.add(
          "torchao's dynamic activations need a matrix; only the weights are written",
          layer: layer.name)
        return object(type, fields(weights, prefix: prefix), version: 2)
      }
      prefix = "weight_"
      type = "Int8DynamicActivationIntxWeightConfig"
    } else {
      noteActivations(layer, &notes)
    }
    return object(type, fields(weights, prefix: prefix), version: 2)
  }

  private static func noteActivations(_ layer: RecipeLayer, _ notes: inout RecipeNotes) {
    guard let activations = layer.form.activations else { return }
    notes.add(
      "torchao's recipe has no \(activations.bits)-bit \(activations.mode) activations; "
        + "only the weights are written", layer: layer.name)
  }

  private static func noteDifferences(
    _ layer: RecipeLayer, _ weights: WeightForm, _ notes: inout RecipeNotes
  ) {
    if weights.granularity == .tensor {
      notes.add("torchao has no scale for a whole layer; each channel has one", layer: layer.name)
    }
    if weights.granularity != .tensor, layer.layer.shape.count == 4,
      layer.layer.shape[2...].reduce(1, *) > 1, weights.granularity == .channel
    {
      notes.add(
        "torchao has a scale for each channel and kernel position of a convolution",
        layer: layer.name)
    }
    if layer.layer.shape.count != 2, layer.layer.shape.count != 4 {
      notes.add("torchao takes matrices and 2-D convolutions only", layer: layer.name)
    }
    if weights.method != "nearest", weights.method != "hqq" {
      notes.add(
        "torchao's recipe has no rounding '\(weights.method)'; it rounds to the nearest",
        layer: layer.name)
    }
    if weights.range != "minmax" {
      notes.add(
        "torchao has no range '\(weights.range)'; it takes the least and the largest",
        layer: layer.name)
    }
  }

  private static func fields(
    _ weights: WeightForm, prefix: String
  ) -> OrderedDictionary<String, PlanTree> {
    var granularity = object("PerAxis", ["axis": .number(0)])
    if case .group(let size) = weights.granularity {
      granularity = object("PerGroup", ["group_size": .number(size)])
    }
    let symmetric = weights.scheme == "symmetric"
    var fields: OrderedDictionary<String, PlanTree> = [
      "weight_dtype": .map(["_type": .text("torch.dtype"), "_data": .text("int\(weights.bits)")]),
      prefix + "granularity": granularity,
      prefix + "mapping_type": choice("MappingType", symmetric ? "SYMMETRIC" : "ASYMMETRIC"),
    ]
    if weights.method == "hqq" {
      fields["intx_choose_qparams_algorithm"] = choice(
        "IntxChooseQParamsAlgorithm", "HQQ_SCALE_ONLY")
    }
    return fields
  }

  private static func object(
    _ type: String, _ fields: OrderedDictionary<String, PlanTree>, version: Int = 1
  ) -> PlanTree {
    .map(["_type": .text(type), "_version": .number(version), "_data": .map(fields)])
  }

  private static func choice(_ type: String, _ name: String) -> PlanTree {
    .map(["_type": .text(type), "_data": .text(name)])
  }
}
