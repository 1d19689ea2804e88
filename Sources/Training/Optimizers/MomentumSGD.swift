/// Stochastic gradient descent with momentum, as `torch.optim.SGD` without dampening:
/// g <- g + decay w, v <- momentum v + g, w <- w - rate v.
public struct MomentumSGD: Optimizer {
  /// Share of the last step in the next, 0..<1.
  public let momentum: Double
  /// One: v.
  public let slotCount = 1

  /// An optimizer with this momentum.
  public init(momentum: Double) { self.momentum = momentum }

  /// One step.
  public func update(
    _ weights: inout [Float], gradient: [Float], slots: inout [[Float]], step: Int,
    learningRate: Double, weightDecay: Double
  ) {
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    weights.withUnsafeMutableBufferPointer { weights in
      slots[0].withUnsafeMutableBufferPointer { velocity in
        gradient.withUnsafeBufferPointer { gradient in
          for index in weights.indices {
            velocity[index] =
              momentum * velocity[index] + (gradient[index] + decay * weights[index])
            weights[index] -= rate * velocity[index]
          }
        }
      }
    }
  }
}
