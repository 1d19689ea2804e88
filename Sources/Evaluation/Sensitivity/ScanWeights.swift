import Foundation
import ModelCompression
import Synchronization
import Tensors

/// The compressed weights that the cells of a scan run with: made once each while memory lasts, and
/// again when they are needed after that.
final class ScanWeights: Sendable {
  /// What the weights of a cell say without running the network.
  struct Scores: Sendable, Hashable {
    var sparsity: Double
    var sqnr: Double
    /// ||w - v|| / ||w||.
    var error: Double
  }

  private struct Key: Hashable {
    var layer: Int
    var setting: Int
  }

  private struct State {
    var tensors: [Key: Tensor] = [:]
    var byteCount = 0
  }

  private let model: OpenedModel
  private let settings: [LayerSetting]
  private let byteLimit: Int
  private let state = Mutex(State())

  /// - Parameter byteLimit: Bytes of weights that are kept.
  init(model: OpenedModel, settings: [LayerSetting], byteLimit: Int) {
    self.model = model
    self.settings = settings
    self.byteLimit = byteLimit
  }

  /// The weights of a layer at a setting, as floats.
  ///
  /// - Throws: ``EngineError`` when they can't be compressed so.
  func tensor(layer: Int, setting: Int) throws(EngineError) -> Tensor {
    let key = Key(layer: layer, setting: setting)
    if let known = state.withLock({ $0.tensors[key] }) { return known }
    let made = try compressed(layer, setting).dequantized
    // The first one made is used by all: prepared forms are kept by identity.
    return state.withLock { state in
      if let known = state.tensors[key] { return known }
      if state.byteCount + made.byteCount <= byteLimit {
        state.tensors[key] = made
        state.byteCount += made.byteCount
      }
      return made
    }
  }

  /// The scores of a layer at a setting.
  func scores(layer: Int, setting: Int) throws(EngineError) -> Scores {
    let weights = try compressed(layer, setting)
    let key = Key(layer: layer, setting: setting)
    let tensor = weights.dequantized
    state.withLock { state in
      guard state.tensors[key] == nil, state.byteCount + tensor.byteCount <= byteLimit else {
        return
      }
      state.tensors[key] = tensor
      state.byteCount += tensor.byteCount
    }
    let sqnr = weights.signalToNoise(original: model.weights[layer])
    return Scores(
      sparsity: weights.sparsity, sqnr: sqnr,
      error: sqnr == .infinity ? 0 : pow(10, -sqnr / 20))
  }

  private func compressed(
    _ layer: Int, _ setting: Int
  ) throws(EngineError) -> CompressedWeights {
    var alone = settings[setting]
    // Where layers are looked at one at a time, a share of all layers is a share of this one.
    alone.prune?.scope = .layer
    return try LayerCompressor.compress(
      layer: model.layers[layer], weights: model.weights[layer], setting: alone)
  }
}
