import NetworkGraph
import Tensors

/// What the operators with subgraphs have in common.
enum Subgraphs {
  /// The subgraph attribute, or an error that names it.
  static func required(_ name: String, _ call: OperatorCall) throws(EngineError) -> NetworkGraph {
    guard let graph = call.node.graph(name) else {
      throw Shapes.mismatch("the attribute '\(name)' is missing")
    }
    return graph
  }

  /// Runs a subgraph.
  static func run(
    _ graph: NetworkGraph, _ inputs: [Tensor], _ call: OperatorCall
  ) throws(EngineError) -> [Tensor] {
    guard let runSubgraph = call.runSubgraph else {
      throw Shapes.unsupported("this executor does not run subgraphs")
    }
    let results = try runSubgraph(graph, inputs)
    guard results.count == graph.outputs.count else {
      throw Shapes.mismatch("the subgraph gives \(results.count) of \(graph.outputs.count) values")
    }
    return results
  }

  /// Facts from the declarations of a subgraph's outputs alone; shapes come from ``ShapeInference``,
  /// which sees the graph around it.
  static func declaredFacts(_ outputs: ArraySlice<ValueInfo>) throws(EngineError) -> [TensorFact] {
    var facts: [TensorFact] = []
    for output in outputs {
      guard let type = output.type else {
        throw Shapes.unsupported(
          "the type of the subgraph's output '\(output.name)' is not declared")
      }
      facts.append(TensorFact(type, nil))
    }
    return facts
  }

  /// The boolean of a condition.
  static func condition(_ tensor: Tensor) throws(EngineError) -> Bool {
    guard tensor.type == .bool, tensor.count == 1 else {
      throw Shapes.mismatch(
        "the condition is \(tensor.type) of shape \(tensor.shape) instead of one bool")
    }
    return tensor.doubles.first == 1
  }

  /// One tensor of equal tensors, along a new axis.
  static func stack(_ parts: [Tensor], axis: Int) throws(EngineError) -> Tensor {
    guard let first = parts.first else { throw Shapes.mismatch("there is nothing to stack") }
    guard parts.allSatisfy({ $0.shape == first.shape && $0.type == first.type }) else {
      throw Shapes.mismatch("the shapes of a scan output differ between iterations")
    }
    let axis = try Shapes.axis(axis, rank: first.rank + 1)
    let stacked = [parts.count] + first.shape
    try Shapes.count(stacked)
    let whole: Tensor
    if first.type == .string {
      whole = Tensor(stacked, strings: parts.flatMap(\.strings))
    } else {
      whole = Tensor(type: first.type, shape: stacked) { target in
        var offset = 0
        for part in parts {
          part.withBytes { bytes in
            target[offset..<offset + bytes.count].copyBytes(from: bytes)
          }
          offset += part.byteCount
        }
      }
    }
    if axis == 0 { return whole }
    var order = Array(1...first.rank)
    order.insert(0, at: axis)
    let strides = Shapes.strides(stacked)
    return StridedCopy.copy(
      whole, shape: order.map { stacked[$0] }, strides: order.map { strides[$0] })
  }

  /// The scan output of no iterations: empty, of the declared type and element shape.
  static func emptyScan(_ info: ValueInfo, axis: Int = 0) throws(EngineError) -> Tensor {
    var shape = (info.shape ?? []).map { dimension in
      if case .fixed(let length) = dimension, length >= 0 { length } else { 0 }
    }
    shape.insert(0, at: try Shapes.axis(axis, rank: shape.count + 1))
    try Shapes.count(shape)
    let type = info.type ?? .float32
    return type == .string ? Tensor(shape, strings: []) : Tensor(type: type, shape: shape) { _ in }
  }
}
