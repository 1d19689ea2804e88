import Tensors

/// The weighted sum of losses.
public struct WeightedLoss: TrainingLoss {
  private let parts: [(weight: Double, loss: any TrainingLoss)]

  /// The sum; losses with weight 0 are left out.
  public init(_ parts: [(weight: Double, loss: any TrainingLoss)]) {
    self.parts = parts.filter { $0.weight != 0 }
  }

  /// Whether one of them does.
  public var needsTeacher: Bool { parts.contains { $0.loss.needsTeacher } }

  /// The sums of values and gradients.
  public func evaluate(_ input: LossInput) throws(EngineError) -> LossValue {
    var result = LossValue(value: 0, seeds: [:])
    for part in parts {
      let value = try part.loss.evaluate(input)
      result.value += part.weight * value.value
      for (name, seeds) in value.seeds {
        let weight = Float(part.weight)
        let known = result.seeds[name]
        result.seeds[name] = Tensor.building(seeds.shape, of: Float.self) { sum in
          seeds.withElements(of: Float.self) { seeds in
            for index in seeds.indices { sum[index] = weight * seeds[index] }
          }
          known?.withElements(of: Float.self) { known in
            for index in known.indices { sum[index] += known[index] }
          }
        }
      }
    }
    return result
  }
}
