import NetworkGraph

/// One layer with all that a recipe may say about it.
public struct RecipeLayer: Sendable {
  /// The layer.
  public let layer: CompressibleLayer
  /// The names of the nodes that use the weight.
  public let nodes: [String]
  /// What the plan does to it.
  public let form: SettingForm
  /// The compressed weights; nil when the layer is left alone or they were not asked for.
  public let compressed: CompressedWeights?

  /// Makes a layer.
  public init(
    layer: CompressibleLayer, nodes: [String], form: SettingForm,
    compressed: CompressedWeights? = nil
  ) {
    self.layer = layer
    self.nodes = nodes
    self.form = form
    self.compressed = compressed
  }

  /// The layer's name: the module's path in the framework that the model came from.
  public var name: String { layer.name }
  /// The parameter's name in that framework.
  public var parameter: String { layer.name + ".weight" }

  /// The share of weights that become zero: as stated, or as it came out where layers decide together.
  var fraction: Double? {
    guard let prune = form.prune else { return nil }
    if prune.scope == "layer", let fraction = prune.fraction { return fraction }
    guard let compressed else { return prune.fraction }
    return Double(compressed.prunedCount) / Double(max(layer.parameters, 1))
  }
}
