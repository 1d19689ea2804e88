import Operators
import Tensors

/// The gradient of `GroupNormalization` (1803.08494) and of `InstanceNormalization` (1607.08022), which
/// has a group for each channel: y = scale (x - mean) / sqrt(variance + epsilon) + shift over the group of
/// (N, C, ...).
///
/// With h = (x - mean) r and u = g scale: dx = r (u - mean(u) - h mean(u h)), dscale = sum g h, dshift =
/// sum g. Scale and shift are per group in opset 18, per channel since opset 21 and of instances.
struct GroupNormalizationGradient: GradientRule {
  let operators = ["GroupNormalization", "InstanceNormalization"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let scales = try step.input(1).array(of: Float.self)
    let channels = x.rank > 1 ? x.shape[1] : 1
    let inner = x.shape.dropFirst(2).reduce(1, *)
    let isInstance = step.call.node.op == "InstanceNormalization"
    let groups = isInstance ? channels : max(step.call.node.int("num_groups") ?? 1, 1)
    let size = channels / groups * inner
    let perGroup = !isInstance && step.call.opset < 21
    let epsilon = Double(step.call.node.float("epsilon") ?? 1e-5)
    var scaleSums = [Double](repeating: 0, count: scales.count)
    var shiftSums = scaleSums
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for part in 0..<(size > 0 ? x.count / size : 0) {
            let places = (part * size)..<((part + 1) * size)
            func parameter(_ place: Int) -> Int {
              perGroup ? part % groups : place / inner % channels
            }
            let (mean, inverse) = Self.moments(x, places, epsilon)
            var (all, along) = (0.0, 0.0)
            for place in places {
              let hat = (Double(x[place]) - mean) * inverse
              let own = Double(gradient[place])
              let index = parameter(place)
              all += own * Double(scales[index])
              along += own * Double(scales[index]) * hat
              scaleSums[index] += own * hat
              shiftSums[index] += own
            }
            for place in places {
              let hat = (Double(x[place]) - mean) * inverse
              let scaled = Double(gradient[place]) * Double(scales[parameter(place)])
              result[place] = Float(inverse * (scaled - (all + hat * along) / Double(size)))
            }
          }
        }
      }
    }
    return [
      step.wants(0) ? result : nil,
      step.wants(1) ? Tensor([scales.count], scaleSums.map { Float($0) }) : nil,
      step.wants(2) ? Tensor([scales.count], shiftSums.map { Float($0) }) : nil,
    ]
  }

  private static func moments(
    _ x: UnsafeBufferPointer<Float>, _ places: Range<Int>, _ epsilon: Double
  ) -> (mean: Double, inverse: Double) {
    var (sum, squares) = (0.0, 0.0)
    for place in places { sum += Double(x[place]) }
    let mean = sum / Double(places.count)
    for place in places {
      let difference = Double(x[place]) - mean
      squares += difference * difference
    }
    return (mean, 1 / (squares / Double(places.count) + epsilon).squareRoot())
  }
}
