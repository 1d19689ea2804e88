import Operators
import Tensors

/// The gradient of `LpNormalization`: y = x / n along an axis, n the sum of magnitudes or the square root
/// of the sum of squares; 0 where n is 0.
///
/// dx = (g - n' sum g y) / n, n' being sign x or y.
struct LpNormalizationGradient: GradientRule {
  let operators = ["LpNormalization"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let y = step.outputs.first ?? nil else { return [nil] }
    let x = try step.input(0)
    let isSquare = step.call.node.int("p") ?? 2 == 2
    let given = step.call.node.int("axis") ?? -1
    let axis = given < 0 ? given + x.rank : given
    let inner = x.shape.dropFirst(axis + 1).reduce(1, *)
    let length = x.shape[axis]
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        y.withElements(of: Float.self) { y in
          gradient.withElements(of: Float.self) { gradient in
            for row in 0..<(length > 0 ? x.count / length : 0) {
              let start = row / inner * length * inner + row % inner
              let places = stride(from: start, to: start + length * inner, by: inner)
              var (norm, along) = (0.0, 0.0)
              for place in places {
                let value = Double(x[place])
                norm += isSquare ? value * value : abs(value)
                along += Double(gradient[place]) * Double(y[place])
              }
              if isSquare { norm = norm.squareRoot() }
              for place in places {
                let slope = isSquare ? y[place] : x[place] > 0 ? 1 : x[place] < 0 ? -1 : 0
                result[place] =
                  norm > 0
                  ? Float((Double(gradient[place]) - Double(slope) * along) / norm) : 0
              }
            }
          }
        }
      }
    }
    return [result]
  }
}
