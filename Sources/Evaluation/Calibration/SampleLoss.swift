import Datasets
import Foundation
import NetworkGraph
import Tensors

/// The loss of one sample in the first row of a batch, as ``GradientPass`` says.
struct SampleLoss: Sendable {
  /// Rows of a batch: those that the model demands, all of them the same sample.
  let rows: Int
  /// Whether the network gives classes.
  let isOfClasses: Bool
  private let labels: [Int]?
  private let output: String
  private let isProbability: Bool

  init(graph: NetworkGraph, data: EvaluationData) {
    var rows = 1
    for input in graph.runtimeInputs {
      if case .fixed(let length)? = input.shape?.first, length > 0 { rows = length }
    }
    self.rows = rows
    labels = data.task == .classification ? data.labels : nil
    output = graph.outputs.first?.name ?? ""
    isOfClasses =
      graph.outputs.count == 1
      && (data.task == .classification || data.task == .agreement && Self.hasClasses(graph))
    isProbability =
      graph.nodes.first { $0.outputs.contains(graph.outputs.first?.name ?? "") }?.op == "Softmax"
  }

  /// Whether the only output is declared as (samples, classes).
  private static func hasClasses(_ graph: NetworkGraph) -> Bool {
    guard let shape = graph.outputs.first?.shape, shape.count == 2 else { return false }
    let producer = graph.nodes.first { $0.outputs.contains(graph.outputs[0].name) }
    return ["Gemm", "MatMul", "Add", "Softmax"].contains(producer?.op ?? "")
  }

  /// The loss, and how it depends on the outputs.
  ///
  /// - Throws: ``EngineError`` with code `invalidData` for a label that the network has no class for.
  func ofFirstRow(
    _ outputs: [String: Tensor], sample: Int
  ) throws -> (value: Double, seeds: [String: Tensor]) {
    guard isOfClasses, let tensor = outputs[output], let batch = tensor.shape.first else {
      return (0, outputs.mapValues { normal($0, sample: sample) })
    }
    let classes = tensor.count / max(batch, 1)
    let values = tensor.floats.prefix(classes).map { Double($0) }
    let first = values.indices.max { values[$0] < values[$1] } ?? 0
    let label = labels?[sample] ?? first
    guard values.indices.contains(label) else {
      throw EngineError(
        .invalidData, subject: "sample \(sample)",
        problem: "has label \(label), and the network has \(classes) classes",
        remedy: "Give data whose labels fit the network")
    }
    var seed = [Float](repeating: 0, count: tensor.count)
    if isProbability {
      let own = max(values[label], 1e-30)
      seed[label] = Float(-1 / own)
      return (-log(own), [output: Tensor(tensor.shape, seed)])
    }
    let largest = values[first]
    let sum = values.reduce(0) { $0 + exp($1 - largest) }
    for (index, value) in values.enumerated() {
      seed[index] = Float(exp(value - largest) / sum - (index == label ? 1 : 0))
    }
    return (largest + log(sum) - values[label], [output: Tensor(tensor.shape, seed)])
  }

  /// Normally distributed numbers for the first row, the same for a sample in every session.
  private func normal(_ output: Tensor, sample: Int) -> Tensor {
    var generator = SplitMix64(seed: sample)
    func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
    let row = output.count / max(rows, 1)
    return Tensor.building(output.shape, of: Float.self) { values in
      values.initialize(repeating: 0)
      for index in 0..<min(row, values.count) {
        // Box and Muller.
        let radius = (-2 * log(1 - uniform())).squareRoot()
        values[index] = Float(radius * cos(2 * Double.pi * uniform()))
      }
    }
  }
}
