import NetworkGraph
import Operators
import Tensors

/// What running a graph costs node by node, and what a cut through it holds, for one sample.
///
/// Counted, not timed: the same model gives the same choice of activations to keep on every machine.
struct GraphCosts: Sendable {
  /// An element written costs about as much as this many multiply-adds: measured, elementwise nodes and
  /// copies run at the speed of memory.
  private static let multiplyAddsOfElement = 16.0

  /// The cost of everything before each position; one more than there are nodes.
  let before: [Double]
  /// Bytes alive across the cut before each position; as long.
  let liveBytes: [Int]
  /// Bytes of the inputs.
  let inputBytes: Int
  /// Bytes of the outputs.
  let outputBytes: Int
  /// Bytes of the largest value.
  let largestValueBytes: Int

  /// What is known of the outputs, by name.
  let outputFacts: [String: TensorFact]

  /// Counts a graph; nil when shapes are not known without running it.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - inputs: Inputs of one sample.
  init?(graph: NetworkGraph, inputs: [String: Tensor]) {
    let shapes = inputs.mapValues(\.shape)
    guard let facts = try? ShapeInference.infer(graph: graph, inputShapes: shapes),
      let costs = try? LayerCosts.multiplyAdds(graph: graph, inputShapes: shapes)
    else { return nil }
    func bytes(_ name: String) -> Int {
      guard let fact = facts[name], fact.constant == nil, graph.initializers[name] == nil,
        let shape = fact.shape
      else { return 0 }
      return shape.reduce(fact.type.byteSize, *)
    }
    let count = graph.nodes.count
    var last: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for name in node.allInputs { last[name] = index }
    }
    for output in graph.outputs { last[output.name] = count }
    // Differences of the live bytes: a value is alive behind its producer up to its last reader.
    var change = [Int](repeating: 0, count: count + 2)
    func add(_ name: String, from start: Int) {
      guard let end = last[name], end >= start else { return }
      change[start] += bytes(name)
      change[end + 1] -= bytes(name)
    }
    for input in graph.runtimeInputs { add(input.name, from: 0) }
    var before = [0.0]
    for (index, node) in graph.nodes.enumerated() {
      var elements = 0
      for name in node.outputs where !name.isEmpty {
        add(name, from: index + 1)
        elements += bytes(name) / 4
      }
      let own = Double(costs[index] ?? 0) + Double(elements) * Self.multiplyAddsOfElement
      before.append(before[index] + own)
    }
    var live: [Int] = []
    var sum = 0
    for position in 0...count {
      sum += change[position]
      live.append(sum)
    }
    self.before = before
    liveBytes = live
    inputBytes = inputs.values.reduce(0) { $0 + $1.byteCount }
    outputFacts = facts.filter { fact in graph.outputs.contains { $0.name == fact.key } }
    outputBytes = graph.outputs.reduce(0) { $0 + bytes($1.name) }
    largestValueBytes =
      facts.values.filter { $0.constant == nil }
      .compactMap { fact in fact.shape.map { $0.reduce(fact.type.byteSize, *) } }.max() ?? 0
  }
}
