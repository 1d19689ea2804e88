import Operators
import Tensors

/// The gradient of `MaxPool` and `AveragePool`.
///
/// Where a maximum comes from the operator's own `Indices` say, the first among equals; an average's
/// gradient is divided among what its window counts.
struct PoolGradient: GradientRule {
  let operators = ["MaxPool", "AveragePool"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    return [
      step.call.node.op == "MaxPool" ? try ofMaximum(step, x) : try ofAverage(step, x)
    ]
  }

  private func ofMaximum(_ step: GradientStep, _ x: Tensor) throws(EngineError) -> Tensor? {
    var node = step.call.node
    node.outputs = [node.outputs.first ?? "y", "indices"]
    node.attributes["storage_order"] = nil
    guard let entry = OperatorRegistry.standard[node] else { return nil }
    let call = OperatorCall(node: node, opset: max(step.call.opset, 8))
    let found = try entry.run(call, [x])
    guard found.count > 1 else { return nil }
    let gradient = step.gradient
    var sums = [Double](repeating: 0, count: x.count)
    gradient.withElements(of: Float.self) { gradient in
      found[1].withElements(of: Int64.self) { indices in
        for (value, index) in zip(gradient, indices) { sums[Int(index)] += Double(value) }
      }
    }
    return Tensor(x.shape, sums.map { Float($0) })
  }

  private func ofAverage(_ step: GradientStep, _ x: Tensor) throws(EngineError) -> Tensor? {
    let shape = try PoolShape(step.call, x.shape)
    let countsPadding = step.call.node.int("count_include_pad") ?? 0 != 0
    let gradient = step.gradient
    var sums = [Double](repeating: 0, count: x.count)
    gradient.withElements(of: Float.self) { gradient in
      shape.forEachWindow { position, offsets, padded in
        let count = Double(max(countsPadding ? padded : offsets.count, 1))
        for plane in 0..<shape.planes {
          let share = Double(gradient[plane * shape.positions + position]) / count
          for offset in offsets { sums[plane * shape.planeSize + offset] += share }
        }
      }
    }
    return Tensor(x.shape, sums.map { Float($0) })
  }
}
