import NetworkGraph
import Tensors

/// Computes types, shapes and constants of a graph's values for given input shapes.
///
/// Nodes that depend on constants and shapes only are folded by running their kernels, so chains
/// such as Shape, Gather, Concat, Reshape get concrete shapes.
public struct ShapeInference {
  /// The largest result that folding computes, in elements.
  public static let foldingLimit = 65_536

  private let model: NetworkGraph
  private let registry: OperatorRegistry
  private let weights: [String: Tensor]

  /// What is known of every value of `graph`.
  ///
  /// Values after operators that are not known, and what depends on them, are missing or have no
  /// shape. Inputs without an entry in `inputShapes` take their declared shape where it is fixed.
  ///
  /// - Parameters:
  ///   - inputShapes: Shapes of the runtime inputs by name.
  ///   - weights: Tensors that stand in for constants of the same name.
  /// - Throws: ``EngineError`` naming the node whose inputs do not fit each other.
  public static func infer(
    graph: NetworkGraph, inputShapes: [String: [Int]], registry: OperatorRegistry = .standard,
    weights: [String: Tensor] = [:]
  ) throws(EngineError) -> [String: TensorFact] {
    let inference = ShapeInference(model: graph, registry: registry, weights: weights)
    var facts: [String: TensorFact] = [:]
    for info in graph.runtimeInputs {
      guard let type = info.type else { continue }
      let shape = inputShapes[info.name] ?? info.fixedShape
      if let shape, shape.contains(where: { $0 < 0 }) {
        throw EngineError(
          .invalidArgument, subject: "input '\(info.name)'",
          problem: "has a negative length in shape \(shape)",
          remedy: "Give lengths of 0 or more")
      }
      if let shape { try Shapes.count(shape) }
      facts[info.name] = TensorFact(type, shape)
    }
    try inference.visit(graph, facts: &facts)
    return facts
  }

  /// Adds the facts of a graph's constants and nodes; `facts` holds its inputs and what it captures.
  func visit(_ graph: NetworkGraph, facts: inout [String: TensorFact]) throws(EngineError) {
    for (name, tensor) in graph.initializers {
      facts[name] = TensorFact(constant: weights[name] ?? tensor)
    }
    let declared = Dictionary(
      (graph.valueInfos + graph.outputs).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    for (index, node) in graph.nodes.enumerated() {
      let results: [TensorFact?]
      do throws(EngineError) {
        results = try infer(node, facts: facts)
      } catch {
        throw error.inside(graph.describe(index))
      }
      for (position, name) in node.outputs.enumerated() where !name.isEmpty {
        if position < results.count, let fact = results[position] {
          facts[name] = fact
        } else if let type = declared[name]?.type {
          // Declared shapes are not taken: they hold for the batch size at export only.
          facts[name] = TensorFact(type, nil)
        }
      }
    }
  }

  /// The facts of a node's outputs; nil for an output of which nothing is known.
  private func infer(
    _ node: Node, facts: [String: TensorFact]
  ) throws(EngineError) -> [TensorFact?] {
    if node.op == "Constant", let name = node.outputs.first, let stand = weights[name] {
      return [TensorFact(constant: stand)]
    }
    guard let entry = registry[node] else { return [] }
    var inputs: [TensorFact?] = []
    for name in node.inputs {
      if name.isEmpty {
        inputs.append(nil)
      } else if let fact = facts[name] {
        inputs.append(fact)
      } else {
        return []
      }
    }
    let call = OperatorCall(node: node, opset: model.opset(of: node))
    guard entry.unsupportedReason(call) == nil else { return [] }
    switch node.op {
    case "If": return try inferIf(node, inputs, facts: facts)
    case "Loop": return try inferLoop(node, inputs, facts: facts)
    case "Scan": return try inferScan(call, inputs, facts: facts)
    default: break
    }
    let results = try entry.infer(call, inputs)
    return fold(call, entry, inputs, results) ?? results
  }

  /// Operators whose result differs from run to run.
  private static let randomOperators: Set<String> = [
    "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli",
    "Multinomial",
  ]

  /// The outputs as constants when all inputs are constants and the results small.
  private func fold(
    _ call: OperatorCall, _ entry: any Operator, _ inputs: [TensorFact?], _ results: [TensorFact]
  ) -> [TensorFact]? {
    guard results.contains(where: { $0.constant == nil }), call.node.subgraphs.isEmpty,
      !Self.randomOperators.contains(call.node.op)
    else { return nil }
    var constants: [Tensor?] = []
    for input in inputs {
      if let input, input.constant == nil { return nil }
      constants.append(input?.constant)
    }
    var elements = 0
    for fact in results {
      // A result of unknown size is of the order of its inputs (NonZero, Unique, Compress).
      let counted = fact.shape.map { [$0] } ?? constants.compactMap { $0?.shape }
      for shape in counted {
        elements = elements.addingSaturating(shape.reduce(1) { $0.multiplyingSaturating($1) })
      }
    }
    guard elements <= Self.foldingLimit else { return nil }
    if results.allSatisfy({ $0.shape != nil }),
      entry.multiplyAdds(call, inputs, results) > 16 * Self.foldingLimit
    {
      return nil
    }
    do throws(EngineError) {
      return try entry.run(call, constants).map { TensorFact(constant: $0) }
    } catch {
      // Running the graph meets the same error and reports it; shapes alone may still be of use.
      return nil
    }
  }
}

extension ValueInfo {
  /// The declared shape when all lengths are fixed; nil otherwise.
  var fixedShape: [Int]? {
    guard let shape else { return nil }
    var lengths: [Int] = []
    for dimension in shape {
      guard case .fixed(let length) = dimension, length >= 0 else { return nil }
      lengths.append(length)
    }
    return lengths
  }
}

extension Int {
  /// The product, or the largest number when it does not fit.
  func multiplyingSaturating(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? Int.max : product
  }

  /// The sum, or the largest number when it does not fit.
  func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? Int.max : sum
  }
}
