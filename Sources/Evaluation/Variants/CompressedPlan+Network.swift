import ModelCompression
import NetworkGraph
import Tensors

extension CompressedPlan {
  /// The network that the compressed weights belong into: the opened model, or what the plan's steps
  /// made of it, with repaired constants in the place of the old ones.
  func network(of model: OpenedModel) -> OpenedModel {
    guard let variant else { return model }
    return constants.isEmpty ? variant.model : variant.model.replacing(constants)
  }

  /// The layers whose weights are others than the opened model's, with what the preview runs in their
  /// place.
  var changedWeights: [(layer: CompressibleLayer, values: Tensor)] {
    weights.enumerated().compactMap { index, compressed in
      if let compressed { return (compressed.layer, compressed.dequantized) }
      guard let made = variant?.model, let opened = made.original,
        made.weights[index].storage !== opened.weights[index].storage
      else { return nil }
      return (made.layers[index], made.weights[index])
    }
  }
}
