import Synchronization
import Tensors

/// Results that took long to make, kept until they are asked for a second time: the size of a plan and
/// its weights are asked for one after the other.
final class SlowResults: Sendable {
  /// A layer under a setting.
  struct Key: Hashable {
    var layer: Int
    var setting: EffectiveSetting
  }

  private struct State {
    var weights: [Key: CompressedWeights] = [:]
    var order: [Key] = []
    var byteCount = 0
    var measures: [Key: LayerMeasure] = [:]
  }

  /// Bytes of weights that wait at most; the oldest go first.
  private static let byteLimit = 64 << 20
  /// Figures that are kept at most.
  private static let mostMeasures = 1 << 14

  private let state = Mutex(State())

  /// Keeps a result.
  func keep(_ weights: CompressedWeights, for key: Key) {
    state.withLock { state in
      if state.measures.count >= Self.mostMeasures { state.measures = [:] }
      state.measures[key] = weights.measure
      if state.weights.updateValue(weights, forKey: key) == nil {
        state.order.append(key)
        state.byteCount += Self.bytes(weights)
      }
      while state.byteCount > Self.byteLimit, !state.order.isEmpty {
        if let old = state.weights.removeValue(forKey: state.order.removeFirst()) {
          state.byteCount -= Self.bytes(old)
        }
      }
    }
  }

  /// The figures of a result; nil when it was not made.
  func measure(_ key: Key) -> LayerMeasure? { state.withLock { $0.measures[key] } }

  /// A result, which is given away; nil when it is not there.
  func take(_ key: Key) -> CompressedWeights? {
    state.withLock { state in
      guard let weights = state.weights.removeValue(forKey: key) else { return nil }
      state.order.removeAll { $0 == key }
      state.byteCount -= Self.bytes(weights)
      return weights
    }
  }

  private static func bytes(_ weights: CompressedWeights) -> Int {
    weights.dequantized.byteCount + (weights.codes?.byteCount ?? 0)
  }
}
