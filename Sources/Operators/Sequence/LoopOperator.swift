import NetworkGraph
import Tensors

/// ONNX `Loop`: a subgraph run a number of times or while a condition holds, with carried values and
/// scan outputs.
struct LoopOperator: Operator {
  let name = "Loop"

  /// More iterations are taken for a loop that does not end: the first limit holds where the node
  /// gives no trip count.
  static let iterationLimits = (open: 100_000, counted: 10_000_000)

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    try Subgraphs.declaredFacts(try Subgraphs.required("body", call).outputs.dropFirst())
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let body = try Subgraphs.required("body", call)
    let trips = try inputs.optional(0).map { tensor throws(EngineError) in
      try tensor.integerScalar("M")
    }
    var goesOn = try inputs.optional(1).map { tensor throws(EngineError) in
      try Subgraphs.condition(tensor)
    }
    var carried: [Tensor] = []
    for index in inputs.indices.dropFirst(2) {
      carried.append(try inputs.required(index, "v_initial \(index - 2)"))
    }
    guard body.outputs.count >= 1 + carried.count else {
      throw Shapes.mismatch(
        "the body gives \(body.outputs.count) values for \(carried.count) carried ones")
    }
    let scanned = Array(body.outputs.dropFirst(1 + carried.count))
    var scans = scanned.map { _ in [Tensor]() }
    let limit = trips == nil ? Self.iterationLimits.open : Self.iterationLimits.counted
    var iteration = 0
    while goesOn != false, trips.map({ iteration < $0 }) ?? true {
      guard iteration < limit else {
        throw Shapes.unsupported("the loop ran \(iteration) times without an end")
      }
      let results = try Subgraphs.run(
        body, [Tensor(scalar: Int64(iteration)), Tensor(scalar: goesOn ?? true)] + carried, call)
      goesOn = try Subgraphs.condition(results[0])
      carried = Array(results[1..<1 + carried.count])
      for (index, value) in results.dropFirst(1 + carried.count).enumerated() {
        scans[index].append(value)
      }
      iteration += 1
    }
    var outputs = carried
    for (parts, info) in zip(scans, scanned) {
      outputs.append(
        parts.isEmpty ? try Subgraphs.emptyScan(info) : try Subgraphs.stack(parts, axis: 0))
    }
    return outputs
  }
}
