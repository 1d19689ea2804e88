import Tensors

/// The gradient of `GlobalAveragePool` and `GlobalMaxPool` over the spatial axes of (N, C, ...); among
/// equal maxima it is divided.
struct GlobalPoolGradient: GradientRule {
  let operators = ["GlobalAveragePool", "GlobalMaxPool"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let y = step.outputs.first ?? nil else { return [nil] }
    let x = try step.input(0)
    let inner = max(x.shape.dropFirst(2).reduce(1, *), 1)
    let isMaximum = step.call.node.op == "GlobalMaxPool"
    let gradient = step.gradient
    return [
      Tensor.building(x.shape, of: Float.self) { result in
        x.withElements(of: Float.self) { x in
          y.withElements(of: Float.self) { y in
            gradient.withElements(of: Float.self) { gradient in
              for row in gradient.indices {
                let places = (row * inner)..<((row + 1) * inner)
                let winners = isMaximum ? places.count { x[$0] == y[row] } : inner
                let share = gradient[row] / Float(max(winners, 1))
                for place in places {
                  result[place] = !isMaximum || x[place] == y[row] ? share : 0
                }
              }
            }
          }
        }
      }
    ]
  }
}
