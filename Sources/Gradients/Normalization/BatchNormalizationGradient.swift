import Operators
import Tensors

/// The gradient of `BatchNormalization` (1502.03167) over N and the spatial axes of (N, C, ...): frozen,
/// with the given mean and variance, or in training mode, with those of the batch.
///
/// With h = (x - mean) r and r = 1 / sqrt(variance + epsilon): dscale = sum g h, dshift = sum g; frozen
/// dx = g scale r; in training dx = scale r (g - mean(g) - h mean(g h)).
struct BatchNormalizationGradient: GradientRule {
  let operators = ["BatchNormalization"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let scale = try step.input(1).array(of: Float.self)
    let trains = step.call.node.int("training_mode") ?? 0 != 0
    let epsilon = Double(step.call.node.float("epsilon") ?? 1e-5)
    let channels = scale.count
    let inner = x.shape.dropFirst(2).reduce(1, *)
    let samples = x.shape.first ?? 0
    let planes = Planes(samples: samples, channels: channels, inner: inner)
    let given = trains ? nil : (try step.input(3), try step.input(4))
    let gradient = step.gradient
    var dScale = [Float](repeating: 0, count: channels)
    var dShift = [Float](repeating: 0, count: channels)
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for channel in 0..<channels {
            let count = Double(max(samples * inner, 1))
            var (mean, variance) = (0.0, 0.0)
            if let given {
              mean = Double(given.0.floats[channel])
              variance = Double(given.1.floats[channel])
            } else {
              planes.forEach(channel) { mean += Double(x[$0]) }
              mean /= count
              planes.forEach(channel) {
                variance += (Double(x[$0]) - mean) * (Double(x[$0]) - mean)
              }
              variance /= count
            }
            let inverse = 1 / (variance + epsilon).squareRoot()
            var (sum, along) = (0.0, 0.0)
            planes.forEach(channel) { place in
              sum += Double(gradient[place])
              along += Double(gradient[place]) * (Double(x[place]) - mean) * inverse
            }
            dShift[channel] = Float(sum)
            dScale[channel] = Float(along)
            let factor = Double(scale[channel]) * inverse
            planes.forEach(channel) { place in
              let own = Double(gradient[place])
              let hat = (Double(x[place]) - mean) * inverse
              result[place] = Float(factor * (trains ? own - (sum + hat * along) / count : own))
            }
          }
        }
      }
    }
    return [
      step.wants(0) ? result : nil, step.wants(1) ? Tensor([channels], dScale) : nil,
      step.wants(2) ? Tensor([channels], dShift) : nil, nil, nil,
    ]
  }

  /// The places of one channel's elements in (N, C, ...).
  private struct Planes {
    let samples: Int
    let channels: Int
    let inner: Int

    func forEach(_ channel: Int, _ body: (Int) -> Void) {
      for sample in 0..<samples {
        let start = (sample * channels + channel) * inner
        for place in start..<(start + inner) { body(place) }
      }
    }
  }
}
