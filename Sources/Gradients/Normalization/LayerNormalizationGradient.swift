import Operators
import Tensors

/// The gradient of `LayerNormalization` (1607.06450): y = scale (x - mean) / sqrt(variance + epsilon) +
/// shift over all axes from `axis` on.
///
/// With h = (x - mean) r and u = g scale: dx = r (u - mean(u) - h mean(u h)), dscale = sum g h, dshift =
/// sum g.
struct LayerNormalizationGradient: GradientRule {
  let operators = ["LayerNormalization"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let scale = try step.input(1)
    let axis = step.call.node.int("axis") ?? -1
    let first = axis < 0 ? axis + x.rank : axis
    let shape = Array(x.shape[first...])
    let length = shape.reduce(1, *)
    let rows = length > 0 ? x.count / length : 0
    let epsilon = Double(step.call.node.float("epsilon") ?? 1e-5)
    let scales = Broadcast.expand(scale, to: shape).array(of: Float.self)
    var scaleSums = [Double](repeating: 0, count: length)
    var shiftSums = [Double](repeating: 0, count: length)
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for row in 0..<rows {
            let start = row * length
            var (sum, squares) = (0.0, 0.0)
            for index in 0..<length { sum += Double(x[start + index]) }
            let mean = sum / Double(length)
            for index in 0..<length {
              let difference = Double(x[start + index]) - mean
              squares += difference * difference
            }
            let inverse = 1 / (squares / Double(length) + epsilon).squareRoot()
            var (all, along) = (0.0, 0.0)
            for index in 0..<length {
              let hat = (Double(x[start + index]) - mean) * inverse
              let own = Double(gradient[start + index])
              let scaled = own * Double(scales[index])
              all += scaled
              along += scaled * hat
              scaleSums[index] += own * hat
              shiftSums[index] += own
            }
            for index in 0..<length {
              let hat = (Double(x[start + index]) - mean) * inverse
              let scaled = Double(gradient[start + index]) * Double(scales[index])
              result[start + index] = Float(
                inverse * (scaled - (all + hat * along) / Double(length)))
            }
          }
        }
      }
    }
    func reduced(_ sums: [Double], _ index: Int) -> Tensor? {
      guard step.wants(index), let input = step.inputs[index] else { return nil }
      return Broadcast.reduce(Tensor(shape, sums.map { Float($0) }), to: input.shape)
    }
    return [step.wants(0) ? result : nil, reduced(scaleSums, 1), reduced(shiftSums, 2)]
  }
}
