import ModelCompression
import NetworkGraph
import Tensors

extension CompressedPlan {
  /// The network that the compressed weights belong into: the opened model, or what the plan's steps
  /// made of it, with repaired constants in the place of the old ones.
  func network(of model: OpenedModel) -> OpenedModel {
    guard let executed else { return model }
    return constants.isEmpty ? executed.model : executed.model.replacing(constants)
  }

  /// The layers whose weights are others than the opened model's, with what the preview runs in their
  /// place.
  var changedWeights: [(layer: CompressibleLayer, values: Tensor)] {
    weights.enumerated().compactMap { index, compressed in
      if let compressed { return (compressed.layer, compressed.dequantized) }
      guard let made = variant?.model, let opened = made.original else { return nil }
      let layer = made.layers[index]
      if let repaired = constants[layer.weight] { return (layer, repaired) }
      return made.weights[index].storage === opened.weights[index].storage
        ? nil : (layer, made.weights[index])
    }
  }
}
