import NetworkGraph
import Operators
import Tensors

/// The values of a graph that depend on constants alone, whatever the inputs: initializers, `Constant`
/// outputs, and what nodes make of them.
///
/// Any float root (an initializer or `Constant` output) can be replaced for a run; values that
/// derive from it are then computed again, once per replacing tensor.
final class ConstantTable: Sendable {
  private struct Key: Hashable, Sendable {
    let name: String
    let replaced: [TensorIdentity]
  }

  private let graph: NetworkGraph
  private let interpreter: PlainInterpreter
  private let producers: [String: Int]
  /// The initializers and `Constant` outputs.
  let roots: [String: Tensor]
  /// For each derived constant, the roots it comes from.
  private let rootsOfDerived: [String: [String]]
  /// Convolutions that something can be folded into, by position.
  let foldings: [Int: ChannelFolding]
  private let foldingOfName: [String: ChannelFolding]
  private let cache: ByteLimitedCache<Key, Tensor>

  init(graph: NetworkGraph, interpreter: PlainInterpreter, byteLimit: Int) {
    self.graph = graph
    self.interpreter = interpreter
    cache = ByteLimitedCache(limit: byteLimit)
    var roots: [String: Tensor] = [:]
    for (name, tensor) in graph.initializers { roots[name] = tensor }
    var producers: [String: Int] = [:]
    var derived: [String: [String]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = index }
      if let value = node.constantValue, let name = node.outputs.first {
        roots[name] = value
        continue
      }
      guard ConstantTable.isDeterministic(node),
        node.inputs.allSatisfy({ $0.isEmpty || roots[$0] != nil || derived[$0] != nil }),
        node.inputs.contains(where: { !$0.isEmpty })
      else { continue }
      let sources = Set(
        node.inputs.flatMap { roots[$0] != nil ? [$0] : derived[$0] ?? [] }
      ).sorted()
      for output in node.outputs where !output.isEmpty { derived[output] = sources }
    }
    foldings = ChannelFolding.find(in: graph) { roots[$0] != nil || derived[$0] != nil }
    var foldingOfName: [String: ChannelFolding] = [:]
    for folding in foldings.values {
      let sources = Set(
        ([folding.weights] + folding.parameters).flatMap {
          roots[$0] != nil ? [$0] : derived[$0] ?? []
        })
      for name in folding.names {
        foldingOfName[name] = folding
        derived[name] = sources.sorted()
      }
    }
    self.foldingOfName = foldingOfName
    self.roots = roots
    self.producers = producers
    rootsOfDerived = derived
  }

  private static func isDeterministic(_ node: Node) -> Bool {
    let random: Set<String> = [
      "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli",
      "Multinomial", "Dropout",
    ]
    return node.domain.isEmpty && node.subgraphs.isEmpty && !random.contains(node.op)
  }

  /// Whether the value depends on constants alone.
  func contains(_ name: String) -> Bool { roots[name] != nil || rootsOfDerived[name] != nil }

  /// The roots that a constant comes from: itself when it is one.
  func roots(of name: String) -> [String] {
    roots[name] != nil ? [name] : rootsOfDerived[name] ?? []
  }

  /// The value of a constant when some roots are replaced.
  func value(_ name: String, replacing weights: [String: Tensor]) throws -> Tensor {
    if let root = roots[name] { return weights[name] ?? root }
    let replaced = roots(of: name).compactMap { root -> TensorIdentity? in
      weights[root].map { TensorIdentity($0) }
    }
    // Computed before the cache is locked: a derived constant may need another one.
    let key = Key(name: name, replaced: replaced)
    if let folding = foldingOfName[name] {
      var inputs: [String: Tensor] = [:]
      for input in [folding.weights] + folding.parameters {
        inputs[input] = try value(input, replacing: weights)
      }
      return try cache.value(for: key) {
        let tensor = try folding.value(name) { input in
          guard let tensor = inputs[input] else {
            throw EngineError(.malformedFile, problem: "constant '\(input)' is missing")
          }
          return tensor
        }
        return (tensor, replaced.isEmpty ? 0 : tensor.byteCount * 2)
      }
    }
    let inputs = try cachedInputs(of: name, replacing: weights)
    return try cache.value(for: key) {
      let tensor = try compute(name, inputs)
      return (tensor, replaced.isEmpty ? 0 : tensor.byteCount * 2)
    }
  }

  private func cachedInputs(
    of name: String, replacing weights: [String: Tensor]
  ) throws -> [Tensor?] {
    guard let index = producers[name] else { return [] }
    return try graph.nodes[index].inputs.map { input in
      input.isEmpty ? nil : try value(input, replacing: weights)
    }
  }

  private func compute(_ name: String, _ inputs: [Tensor?]) throws -> Tensor {
    guard let index = producers[name] else {
      throw EngineError(.malformedFile, problem: "value '\(name)' has no producer")
    }
    let node = graph.nodes[index]
    do throws(EngineError) {
      let results = try interpreter.run(node, inputs: inputs)
      if let position = node.outputs.firstIndex(of: name), position < results.count {
        return results[position]
      }
      throw EngineError(.unsupported, problem: "output '\(name)' is not computed")
    } catch {
      throw error.about(graph.describe(index))
    }
  }

  /// Checks tensors that are to replace constants: known names, same types and shapes.
  func check(_ weights: [String: Tensor]) throws(EngineError) {
    for (name, tensor) in weights {
      guard let root = roots[name] else {
        throw EngineError(
          .invalidArgument, subject: "weight '\(name)'", problem: "is no constant of the graph",
          remedy: "Replace initializers or outputs of Constant nodes")
      }
      guard root.type == tensor.type, root.shape == tensor.shape else {
        throw EngineError(
          .shapeMismatch, subject: "weight '\(name)'",
          problem: "is \(tensor.type) \(tensor.shape), the graph's is \(root.type) \(root.shape)",
          remedy: "Give a replacement of the same type and shape")
      }
    }
  }
}
