import Evaluation
import Execution
import ModelCompression
import NetworkGraph
import Tensors

extension Finetuner {
  /// The result of a run: the best network as a model with its plan, proven.
  func result(
    of run: TrainingRun, ending: FinetuneResult.Ending
  ) async throws -> FinetuneResult {
    var state = run.state
    if !state.bestValues.isEmpty {
      for index in state.parameters.indices {
        state.parameters[index].values = state.bestValues[index]
      }
    } else if run.pruning.end > 0 {
      // Ended before all was pruned: what is left to prune is pruned now.
      let weights = state.values(layers: run.setup.forms.layers.count) { .weights(layer: $0) }
      let pruned = try PruningStep(setup: run.setup, plan: plan).pruned(
        weights.map { $0 ?? [] }, share: 1)
      for index in state.parameters.indices {
        if case .weights(let layer) = state.parameters[index].kind, let values = pruned[layer] {
          state.parameters[index].values = values
        }
      }
    }
    let recovered = try await recovered(state, setup: run.setup)
    let counters = state.counters
    return FinetuneResult(
      recovered: recovered, ending: ending, steps: counters.step,
      epochs: counters.step / run.order.stepsPerEpoch, original: run.original,
      history: counters.history, best: counters.best,
      trainingSamples: run.setup.data.training.count,
      validationSamples: run.setup.data.validation.count, loss: run.setup.choice.description,
      seconds: counters.seconds, isResumed: run.isResumed, notices: run.setup.notices)
  }

  private func recovered(
    _ state: TrainingState, setup: FinetuneSetup
  ) async throws -> RecoveredModel {
    let running = try await state.constants(forms: setup.forms, pool: pool)
    var graph = try setup.base.runnableGraph()
    let stored = zip(setup.forms.layers, state.storedWeights(setup.forms)).map {
      Tensor($0.shape, $1)
    }
    for (layer, tensor) in zip(setup.forms.layers, stored) {
      graph.replaceConstant(layer.weight, with: tensor)
    }
    for parameter in state.parameters {
      switch parameter.kind {
      case .constant, .statistic:
        graph.replaceConstant(
          parameter.name, with: Tensor(parameter.shape, parameter.values))
      case .weights, .steps: break
      }
    }
    let trained = running.forms.map(\.values)
    let plan = try RecoveredPlan(setup: setup, plan: plan, data: engine.data).plan(
      stored: stored, trained: trained, graph: graph)
    return RecoveredModel(
      graph: graph, plan: plan, trained: trained,
      zeros: trained.reduce(0) { sum, tensor in
        sum + tensor.withElements(of: Float.self) { $0.count { $0 == 0 } }
      },
      parameters: trained.reduce(0) { $0 + $1.count })
  }
}
