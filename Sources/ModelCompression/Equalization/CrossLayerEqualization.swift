import NetworkGraph
import Tensors

/// Cross-layer equalization: the ranges of the channels between two layers are made equal, so that one
/// scale serves all of them better (Nagel and others 1906.04721, section 4.1).
///
/// For channel i between layers 1 and 2 with r1_i = max |W1[i, :]| and r2_i = max |W2[:, i]|,
/// s_i = sqrt(r1_i r2_i) / r2_i, and W1[i, :] /= s_i, b1_i /= s_i, W2[:, i] *= s_i: both ranges become
/// sqrt(r1_i r2_i), and the network computes what it did, up to rounding. Where layers are in several
/// pairs, as around a depthwise convolution, pairs are gone through in graph order again and again
/// until no channel changes by more than ``tolerance``, at most ``sweeps`` times.
public struct CrossLayerEqualization {
  /// Scaling ends when every factor of a sweep is this near to 1.
  public static let tolerance = 1e-3
  /// Sweeps over all pairs at most.
  public static let sweeps = 40

  /// The equalized graph, with the same names, and what was done.
  ///
  /// - Parameters:
  ///   - graph: A graph; weights and biases are new, everything else is shared.
  ///   - setting: What may be changed.
  ///   - isCancelled: Asked between sweeps and layers.
  /// - Throws: ``EngineError`` with code `notFinite` when a weight that would be scaled is not finite;
  ///   `CancellationError`.
  /// - Complexity: O(sweeps x channels x channels) + O(weights).
  public static func apply(
    to graph: NetworkGraph, _ setting: Equalization = Equalization(),
    isCancelled: () -> Bool = { false }
  ) throws -> (graph: NetworkGraph, report: EqualizationReport) {
    var report = EqualizationReport()
    var result = graph
    if setting.replacesReLU6 { report.replacedReLU6 = replaceReLU6(in: &result) }
    let layers = result.compressibleLayers()
    let found = EqualizationPairs(result, layers: layers)
    report.refusals = found.refusals
    report.pairs = found.pairs.map {
      EqualizationReport.Pair(first: layers[$0.first].name, second: layers[$0.second].name)
    }
    guard !found.pairs.isEmpty else { return (result, report) }
    var work = try EqualizationWork(result, layers: layers, pairs: found.pairs)
    try work.balance(isCancelled)
    try work.write(into: &result, isCancelled)
    return (result, report)
  }

  /// Turns every `Clip(0, 6)` into `Relu`.
  private static func replaceReLU6(in graph: inout NetworkGraph) -> Int {
    var count = 0
    for index in graph.nodes.indices where graph.nodes[index].isReLU6(in: graph) {
      let bounds = Set(graph.nodes[index].inputs.dropFirst())
      graph.nodes[index].op = "Relu"
      graph.nodes[index].inputs = Array(graph.nodes[index].inputs.prefix(1))
      graph.nodes[index].attributes = [:]
      count += 1
      let read = Set(graph.nodes.flatMap(\.allInputs) + graph.outputs.map(\.name))
      for name in bounds.subtracting(read) where graph.initializers[name] != nil {
        graph.removeInitializer(name)
      }
    }
    return count
  }
}
