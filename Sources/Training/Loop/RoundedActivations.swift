import Evaluation
import Execution
import ModelCompression
import NetworkGraph
import Tensors

/// The network that is trained where a plan rounds activations.
enum RoundedActivations {
  /// The graph with its activations rounded, with ranges measured at the start of training; the graph
  /// itself where the plan rounds none.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  static func graph(
    of graph: NetworkGraph, settings: [LayerSetting], base: OpenedModel,
    start: [TrainingParameter], forms: LayerForms, engine: PreviewEngine, pool: WorkerPool
  ) async throws -> NetworkGraph {
    var rounding: [String: ActivationQuantization] = [:]
    for (layer, setting) in zip(base.layers, settings) {
      rounding[layer.name] = setting.activations
    }
    guard !rounding.isEmpty, let data = engine.data else { return graph }
    let state = TrainingState(parameters: start)
    let weights = try await state.constants(forms: forms, pool: pool).tensors
    let ranges = try await ActivationCalibration(
      graph: graph, data: data, samples: Array(0..<min(data.count, 512)), weights: weights
    ).ranges(of: ActivationQuantizer.sites(in: graph, settings: rounding), pool: pool)
    return try ActivationQuantizer.apply(to: graph, settings: rounding, ranges: ranges)
  }
}
