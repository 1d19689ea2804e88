import NetworkGraph

/// A resolved plan, as recipes are made from it.
public struct RecipeRequest: Sendable {
  /// The model file's name.
  public var model: String
  /// Every compressible layer, in graph order, those left alone too.
  public var layers: [RecipeLayer]

  /// A request for these layers.
  public init(model: String, layers: [RecipeLayer]) {
    self.model = model
    self.layers = layers
  }

  /// A request for a model's layers with their settings.
  ///
  /// - Parameters:
  ///   - model: The model file's name.
  ///   - graph: The graph that the layers were found in; nil for a weight file.
  ///   - layers: The layers in graph order.
  ///   - settings: One setting a layer.
  ///   - compressed: One compressed weight a layer, nil for layers left alone; empty when no target
  ///     asks for them.
  public init(
    model: String, graph: NetworkGraph?, layers: [CompressibleLayer], settings: [LayerSetting],
    compressed: [CompressedWeights?] = []
  ) {
    precondition(settings.count == layers.count, "one setting for each layer")
    self.model = model
    self.layers = layers.indices.map { index in
      let names = layers[index].nodes.compactMap { node -> String? in
        guard let graph, graph.nodes.indices.contains(node) else { return nil }
        let found = graph.nodes[node]
        return found.name.isEmpty ? found.outputs.first : found.name
      }
      return RecipeLayer(
        layer: layers[index], nodes: names, form: SettingForm(settings[index]),
        compressed: compressed.indices.contains(index) ? compressed[index] : nil)
    }
  }

  /// The layers that the plan changes.
  var changed: [RecipeLayer] { layers.filter { !$0.form.isUntouched } }
}
