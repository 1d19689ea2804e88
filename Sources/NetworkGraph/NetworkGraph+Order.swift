import Tensors

extension NetworkGraph {
  /// Puts the nodes into evaluation order, keeping file order where it already is one, and checks
  /// that every value has exactly one producer and every input exists.
  ///
  /// - Parameter outer: Names that graphs around this one define; empty for a whole model.
  /// - Throws: ``EngineError`` with code `malformedFile` naming the value and node: produced twice,
  ///   never produced, or part of a cycle.
  /// - Complexity: O(nodes + values).
  public mutating func sortNodes(outer: Set<String> = []) throws(EngineError) {
    var producer: [String: Int] = [:]
    var known = outer.union(inputs.map(\.name)).union(initializers.keys)
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        guard producer.updateValue(index, forKey: output) == nil, !known.contains(output) else {
          throw EngineError(
            .malformedFile, subject: describe(index),
            problem: "value '\(output)' is produced twice",
            remedy: "Export the model again or check it with onnx.checker")
        }
      }
    }
    var order: [Int] = []
    order.reserveCapacity(nodes.count)
    var state = [UInt8](repeating: 0, count: nodes.count)  // 0 new, 1 open, 2 done
    for start in nodes.indices where state[start] == 0 {
      var stack: [(node: Int, inputs: [String], next: Int)] = []
      state[start] = 1
      stack.append((start, nodes[start].allInputs, 0))
      while let top = stack.last {
        guard top.next < top.inputs.count else {
          state[top.node] = 2
          order.append(top.node)
          known.formUnion(nodes[top.node].outputs)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let input = top.inputs[top.next]
        if known.contains(input) { continue }
        guard let source = producer[input] else {
          throw EngineError(
            .malformedFile, subject: describe(top.node),
            problem: "input '\(input)' is produced by no node, input or initializer",
            remedy: "Export the model again or check it with onnx.checker")
        }
        guard state[source] == 0 else {
          throw EngineError(
            .malformedFile, subject: describe(top.node),
            problem: "input '\(input)' depends on the node itself: the graph has a cycle",
            remedy: "Export the model again or check it with onnx.checker")
        }
        state[source] = 1
        stack.append((source, nodes[source].allInputs, 0))
      }
    }
    for output in outputs where !known.contains(output.name) {
      throw EngineError(
        .malformedFile, subject: "output '\(output.name)'",
        problem: "is produced by no node, input or initializer",
        remedy: "Export the model again or check it with onnx.checker")
    }
    if order != Array(nodes.indices) { nodes = order.map { nodes[$0] } }
  }

  /// A node in words for messages: `node 17 (Conv '/conv1/Conv')`.
  public func describe(_ index: Int) -> String {
    let node = nodes[index]
    let name = node.name.isEmpty ? "" : " '\(node.name)'"
    return "node \(index) (\(node.op)\(name))"
  }

  /// Traps when the order or uniqueness of values is broken: a mistake of a rewrite of ours.
  public func checkInvariants() {
    var copy = self
    do throws(EngineError) {
      try copy.sortNodes()
    } catch {
      preconditionFailure("graph invariant: \(error)")
    }
    precondition(
      zip(copy.nodes, nodes).allSatisfy { $0.outputs == $1.outputs }, "nodes out of order")
  }
}
