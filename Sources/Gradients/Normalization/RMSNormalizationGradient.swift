import Operators
import Tensors

/// The gradient of `RMSNormalization` (1910.07467): y = scale x r, r = 1 / sqrt(mean(x^2) + epsilon), over
/// all axes from `axis` on.
///
/// With h = x r and u = g scale: dx = r (u - h mean(u h)), dscale = sum g h.
struct RMSNormalizationGradient: GradientRule {
  let operators = ["RMSNormalization"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let scale = try step.input(1)
    let axis = step.call.node.int("axis") ?? -1
    let shape = Array(x.shape[(axis < 0 ? axis + x.rank : axis)...])
    let length = shape.reduce(1, *)
    let epsilon = Double(step.call.node.float("epsilon") ?? 1e-5)
    let scales = Broadcast.expand(scale, to: shape).array(of: Float.self)
    var scaleSums = [Double](repeating: 0, count: length)
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for start in stride(from: 0, to: x.count, by: max(length, 1)) {
            var squares = 0.0
            for index in 0..<length {
              squares += Double(x[start + index]) * Double(x[start + index])
            }
            let inverse = 1 / (squares / Double(length) + epsilon).squareRoot()
            var along = 0.0
            for index in 0..<length {
              let own = Double(gradient[start + index]) * Double(x[start + index]) * inverse
              along += own * Double(scales[index])
              scaleSums[index] += own
            }
            for index in 0..<length {
              let hat = Double(x[start + index]) * inverse
              let scaled = Double(gradient[start + index]) * Double(scales[index])
              result[start + index] = Float(inverse * (scaled - hat * along / Double(length)))
            }
          }
        }
      }
    }
    return [
      step.wants(0) ? result : nil,
      step.wants(1)
        ? Broadcast.reduce(Tensor(shape, scaleSums.map { Float($0) }), to: scale.shape) : nil,
    ]
  }
}
