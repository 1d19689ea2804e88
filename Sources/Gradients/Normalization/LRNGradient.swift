import Foundation
import Operators
import Tensors

/// The gradient of `LRN` (Krizhevsky and others 2012, 3.3) over neighbouring channels of (N, C, ...):
/// y_c = x_c d_c^-beta, d_c = bias + alpha / size sum x_k^2 over the window of c.
///
/// dx_k = g_k d_k^-beta - 2 alpha beta / size x_k sum g_c y_c / d_c over the windows that k is in.
struct LRNGradient: GradientRule {
  let operators = ["LRN"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    let node = step.call.node
    let size = max(node.int("size") ?? 1, 1)
    let (before, after) = ((size - 1) / 2, size - 1 - (size - 1) / 2)
    let alpha = Double(node.float("alpha") ?? 1e-4) / Double(size)
    let beta = Double(node.float("beta") ?? 0.75)
    let bias = Double(node.float("bias") ?? 1)
    let channels = x.rank > 1 ? x.shape[1] : 1
    let inner = x.shape.dropFirst(2).reduce(1, *)
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for position in 0..<(channels > 0 ? x.count / channels : 0) {
            let start = position / inner * channels * inner + position % inner
            let values = (0..<channels).map { Double(x[start + $0 * inner]) }
            let given = (0..<channels).map { Double(gradient[start + $0 * inner]) }
            let sums = values.indices.map { channel in
              let window = max(channel - before, 0)...min(channel + after, channels - 1)
              return bias + alpha * window.reduce(0) { $0 + values[$1] * values[$1] }
            }
            for channel in 0..<channels {
              // The windows that the channel is in.
              let windows = max(channel - after, 0)...min(channel + before, channels - 1)
              let along = windows.reduce(0.0) {
                $0 + given[$1] * values[$1] * pow(sums[$1], -beta - 1)
              }
              result[start + channel * inner] = Float(
                given[channel] * pow(sums[channel], -beta)
                  - 2 * alpha * beta * values[channel] * along)
            }
          }
        }
      }
    }
    return [result]
  }
}
