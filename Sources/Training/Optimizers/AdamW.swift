import Foundation

/// Adam with decoupled weight decay (1711.05101), as `torch.optim.AdamW`:
/// w <- (1 - rate decay) w, m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
/// w <- w - rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon).
public struct AdamW: Optimizer {
  /// Share of the past in the mean of gradients.
  public let beta1: Double
  /// Share of the past in the mean of their squares.
  public let beta2: Double
  /// What keeps the divisor from 0.
  public let epsilon: Double
  /// Two: m and v.
  public let slotCount = 2

  /// An optimizer with torch's numbers, unless told otherwise.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// One step.
  public func update(
    _ weights: inout [Float], gradient: [Float], slots: inout [[Float]], step: Int,
    learningRate: Double, weightDecay: Double
  ) {
    let shrink = Float(1 - learningRate * weightDecay)
    let (first, second) = (Float(1 - beta1), Float(1 - beta2))
    let past = Float(beta2)
    let rate = Float(learningRate / (1 - pow(beta1, Double(step))))
    let root = Float((1 - pow(beta2, Double(step))).squareRoot())
    let epsilon = Float(epsilon)
    var (mean, square) = (slots[0], slots[1])
    slots = []
    weights.withUnsafeMutableBufferPointer { weights in
      mean.withUnsafeMutableBufferPointer { mean in
        square.withUnsafeMutableBufferPointer { square in
          gradient.withUnsafeBufferPointer { gradient in
            for index in weights.indices {
              let g = gradient[index]
              mean[index] += first * (g - mean[index])
              square[index] = past * square[index] + second * g * g
              weights[index] =
                weights[index] * shrink
                - rate * mean[index] / (square[index].squareRoot() / root + epsilon)
            }
          }
        }
      }
    }
    slots = [mean, square]
  }
}
