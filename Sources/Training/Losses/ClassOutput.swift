import Foundation
import NetworkGraph
import Tensors

/// The output of a network that holds class scores: [N, classes], or [N, classes, 1, 1].
public struct ClassOutput: Sendable, Hashable {
  /// The output's name.
  public let name: String
  /// Whether the scores are probabilities, behind a softmax, and no logits.
  public let areProbabilities: Bool

  /// Class scores under this name.
  public init(name: String, areProbabilities: Bool) {
    self.name = name
    self.areProbabilities = areProbabilities
  }

  /// The first output of that shape; nil when there is none.
  public init?(graph: NetworkGraph, outputs: [String: Tensor], batch: Int) {
    let found = graph.outputs.first { info in
      guard let output = outputs[info.name], output.type == .float32, output.rank >= 2 else {
        return false
      }
      return output.shape[0] == batch && output.shape[1] > 1
        && output.shape.dropFirst(2).allSatisfy { $0 == 1 }
    }
    guard let found else { return nil }
    name = found.name
    areProbabilities =
      graph.nodes.last { $0.outputs.contains(found.name) }?.op == "Softmax"
  }

  /// Probabilities below it count as it, so that logarithms are finite where a softmax gave 0.
  static let leastProbability: Float = 1e-30

  /// Calls `body` with the index and the scores of each sample, as logits up to a constant, and with
  /// where their gradients go; then makes these the gradients of what the network gave.
  ///
  /// For probabilities logits are log p, and dL/dp = dL/d(log p) / p.
  func seeds(
    of output: Tensor,
    _ body: (_ sample: Int, _ logits: [Double], _ gradient: inout [Double]) -> Void
  ) -> Tensor {
    let samples = output.shape.first ?? 0
    let classes = samples > 0 ? output.count / samples : 0
    return Tensor.building(output.shape, of: Float.self) { result in
      output.withElements(of: Float.self) { scores in
        var gradient = [Double](repeating: 0, count: classes)
        for sample in 0..<samples {
          let row = UnsafeBufferPointer(
            rebasing: scores[(sample * classes)..<((sample + 1) * classes)])
          for index in gradient.indices { gradient[index] = 0 }
          body(sample, logits(row), &gradient)
          for index in 0..<classes {
            let divisor =
              areProbabilities ? Double(max(row[index], Self.leastProbability)) : 1
            result.initializeElement(
              at: sample * classes + index, to: Float(gradient[index] / divisor))
          }
        }
      }
    }
  }

  /// Scores as logits up to a constant.
  func logits(_ row: some Collection<Float>) -> [Double] {
    areProbabilities
      ? row.map { log(Double(max($0, Self.leastProbability))) } : row.map(Double.init)
  }

  /// Logarithms of softmax(logits / temperature).
  static func logSoftmax(_ logits: [Double], temperature: Double = 1) -> [Double] {
    let scaled = logits.map { $0 / temperature }
    let top = scaled.max() ?? 0
    let sum = scaled.reduce(0) { $0 + exp($1 - top) }
    let shift = top + log(sum)
    return scaled.map { $0 - shift }
  }
}
