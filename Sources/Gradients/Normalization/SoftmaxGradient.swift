import Operators
import Tensors

/// The gradient of `Softmax`, dx = y (g - sum g y), and of `LogSoftmax`, dx = g - e^y sum g, along the
/// axis; before opset 13 over all axes from it on.
struct SoftmaxGradient: GradientRule {
  let operators = ["Softmax", "LogSoftmax"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let y = step.outputs.first ?? nil, y.type == .float32 else { return [nil] }
    let isLogarithm = step.call.node.op == "LogSoftmax"
    let rows = AxisRuns(y.shape, step.call)
    let gradient = step.gradient
    let result = Tensor.building(y.shape, of: Float.self) { result in
      y.withElements(of: Float.self) { y in
        gradient.withElements(of: Float.self) { gradient in
          rows.visit { first, stride in
            var sum = 0.0
            for index in 0..<rows.length {
              let place = first + index * stride
              sum += Double(gradient[place]) * (isLogarithm ? 1 : Double(y[place]))
            }
            for index in 0..<rows.length {
              let place = first + index * stride
              result[place] =
                isLogarithm
                ? Float(Double(gradient[place]) - exponential(y[place]) * sum)
                : Float(Double(y[place]) * (Double(gradient[place]) - sum))
            }
          }
        }
      }
    }
    return [result]
  }
}
