import NetworkGraph
import Tensors

extension ShapeInference {
  /// The branch that a constant condition takes, else what both branches have in common.
  func inferIf(
    _ node: Node, _ inputs: [TensorFact?], facts: [String: TensorFact]
  ) throws(EngineError) -> [TensorFact?] {
    guard let then = node.graph("then_branch"), let other = node.graph("else_branch") else {
      return []
    }
    if let condition = inputs.first.flatMap({ $0?.constant }), let chosen = condition.doubles.first
    {
      return try outputs(of: chosen != 0 ? then : other, facts: facts)
    }
    let first = try outputs(of: then, facts: facts)
    let second = try outputs(of: other, facts: facts)
    return zip(first, second).map { one, two in
      guard let one, let two, one.type == two.type else { return nil }
      return TensorFact(one.type, one.shape == two.shape ? one.shape : nil)
    }
  }

  /// Shapes of carried values that an iteration does not change; the number of iterations is
  /// not known, so scan outputs have a type only.
  func inferLoop(
    _ node: Node, _ inputs: [TensorFact?], facts: [String: TensorFact]
  ) throws(EngineError) -> [TensorFact?] {
    guard let body = node.graph("body"), body.inputs.count >= 2, body.outputs.count >= 1 else {
      return []
    }
    let carried = Array(inputs.dropFirst(2))
    guard body.inputs.count == carried.count + 2, body.outputs.count >= carried.count + 1 else {
      return []
    }
    func results(_ carried: [TensorFact?]) throws(EngineError) -> [TensorFact?] {
      var inner = facts
      inner[body.inputs[0].name] = TensorFact(.int64, [])
      inner[body.inputs[1].name] = TensorFact(.bool, [])
      for (info, fact) in zip(body.inputs.dropFirst(2), carried) { inner[info.name] = fact }
      return Array(try outputs(of: body, facts: inner).dropFirst())
    }
    var state = carried.map { fact in fact.map { TensorFact($0.type, $0.shape) } }
    // Every round can only take shapes away, so it ends.
    while true {
      let after = try results(state)
      var changed = false
      for index in state.indices {
        guard let before = state[index], before.shape != nil else { continue }
        guard let fact = after[index], fact.shape == before.shape else {
          state[index] = TensorFact(before.type, nil)
          changed = true
          continue
        }
      }
      if changed { continue }
      return state
        + after.dropFirst(state.count).map { fact in fact.map { TensorFact($0.type, nil) } }
    }
  }

  private func outputs(
    of graph: NetworkGraph, facts: [String: TensorFact]
  ) throws(EngineError) -> [TensorFact?] {
    var inner = facts
    try visit(graph, facts: &inner)
    return graph.outputs.map { inner[$0.name] }
  }

  /// States that an iteration does not change in shape, and scan outputs with the axis they are
  /// stacked along.
  func inferScan(
    _ call: OperatorCall, _ inputs: [TensorFact?], facts: [String: TensorFact]
  ) throws(EngineError) -> [TensorFact?] {
    let layout = try ScanOperator.Layout(call, inputCount: inputs.count)
    let scanned = inputs.dropFirst(layout.stateCount)
    let shapes = scanned.compactMap { $0?.shape }
    let length = shapes.count == scanned.count ? try layout.length(shapes) : nil
    var inner = facts
    for (index, info) in layout.body.inputs.enumerated() {
      var fact = inputs[index].map { TensorFact($0.type, $0.shape) }
      if index >= layout.stateCount, var shape = fact?.shape {
        let axis = layout.inputAxes[index - layout.stateCount]
        shape.remove(at: try Shapes.axis(axis, rank: shape.count))
        fact?.shape = shape
      }
      inner[info.name] = fact
    }
    var results = try outputs(of: layout.body, facts: inner)
    for index in results.indices {
      results[index]?.constant = nil
      if index < layout.stateCount {
        if results[index]?.shape != inputs[index]?.shape { results[index]?.shape = nil }
      } else if let length, var shape = results[index]?.shape {
        let axis = layout.outputAxes[index - layout.stateCount]
        shape.insert(length, at: try Shapes.axis(axis, rank: shape.count + 1))
        results[index]?.shape = shape
      } else {
        results[index]?.shape = nil
      }
    }
    return results
  }
}
