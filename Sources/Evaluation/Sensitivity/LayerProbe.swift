import Execution
import NetworkGraph
import Tensors

/// Measures what a layer's setting does to the layer's own output when its input is the original one.
///
/// The layer is run by itself, on what the original network hands it for a few samples.
struct LayerProbe: Sendable {
  /// The layer alone.
  struct Station: Sendable {
    let executor: FastExecutor
    let weight: String
    let input: String
    let output: String
  }

  /// What each layer reads in the original network, by layer; nil where a layer can't be run alone.
  private let stations: [(input: String, output: String)?]
  private let graph: NetworkGraph
  private let constants: Set<String>
  private let layers: [CompressibleLayer]
  private let captured: [String: Tensor]

  /// Runs the original network once, keeping what the layers read.
  ///
  /// - Parameters:
  ///   - inputs: A few samples.
  ///   - rows: The layers that will be asked for.
  init(
    graph: NetworkGraph, layers: [CompressibleLayer], rows: [Int], inputs: [String: Tensor]
  ) throws {
    self.graph = graph
    self.layers = layers
    let constants = Self.constants(of: graph)
    self.constants = constants
    var stations = [(input: String, output: String)?](repeating: nil, count: layers.count)
    for row in rows {
      guard let index = layers[row].nodes.first, let output = graph.nodes[index].outputs.first
      else { continue }
      let inputs = graph.nodes[index].allInputs.filter { !constants.contains($0) }
      if inputs.count == 1 { stations[row] = (inputs[0], output) }
    }
    self.stations = stations
    var captured = inputs
    let missing = Set(stations.compactMap { $0?.input }).subtracting(inputs.keys)
    if !missing.isEmpty {
      var wider = graph
      wider.outputs += missing.sorted().filter { name in
        !graph.outputs.contains { $0.name == name }
      }.map { ValueInfo(name: $0, type: .float32, shape: nil) }
      let result = try FastExecutor(graph: wider).run(
        inputs: inputs, weights: [:], options: RunOptions())
      captured.merge(result.outputs) { own, _ in own }
    }
    self.captured = captured
  }

  /// The values that depend on nothing that is given to the network.
  private static func constants(of graph: NetworkGraph) -> Set<String> {
    var known = Set(graph.initializers.keys)
    for node in graph.nodes
    where node.subgraphs.isEmpty && node.allInputs.allSatisfy({ known.contains($0) }) {
      known.formUnion(node.outputs)
    }
    return known
  }

  /// The signal to noise ratio of a layer's output under each of several weights, dB; nil where the
  /// layer can't be run alone.
  func outputSQNR(layer index: Int, weights: [Tensor]) -> [Double]? {
    guard let station = stations[index], let input = captured[station.input],
      let node = layers[index].nodes.first
    else { return nil }
    var part = graph
    part.nodes = graph.nodes.enumerated().filter { position, other in
      position == node || other.outputs.allSatisfy { constants.contains($0) }
    }.map(\.element)
    part.inputs = [
      ValueInfo(
        name: station.input, type: input.type, shape: input.shape.map { Dimension.fixed($0) })
    ]
    part.outputs = [ValueInfo(name: station.output, type: .float32, shape: nil)]
    guard let executor = try? FastExecutor(graph: part),
      let original = run(executor, station, input, [:])
    else { return nil }
    var result: [Double] = []
    for tensor in weights {
      guard let changed = run(executor, station, input, [layers[index].weight: tensor]) else {
        return nil
      }
      result.append(Self.ratio(original, changed))
    }
    return result
  }

  private func run(
    _ executor: FastExecutor, _ station: (input: String, output: String), _ input: Tensor,
    _ weights: [String: Tensor]
  ) -> Tensor? {
    let result = try? executor.run(
      inputs: [station.input: input], weights: weights, options: RunOptions())
    guard let output = result?.outputs[station.output], output.type == .float32 else {
      return nil
    }
    return output
  }

  private static func ratio(_ x: Tensor, _ y: Tensor) -> Double {
    var signal = 0.0
    var noise = 0.0
    x.withElements(of: Float.self) { x in
      y.withElements(of: Float.self) { y in
        for index in x.indices {
          let (a, b) = (Double(x[index]), Double(y[index]))
          signal += a * a
          noise += (a - b) * (a - b)
        }
      }
    }
    return MetricsAccumulator.decibels(signal: signal, noise: noise)
  }
}
