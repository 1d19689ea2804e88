import Execution
import ModelCompression
import Tensors

extension TrainingState {
  /// What a network in training runs.
  struct Running: Sendable {
    /// Constants by name: weights as the plan's quantizer makes them, and all else that is trained.
    var tensors: [String: Tensor]
    /// The weights of each layer, with their codes.
    var forms: [LayerForms.Form]
  }

  /// The constants that run in the present state.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  func constants(forms: LayerForms, pool: WorkerPool) async throws -> Running {
    let count = forms.layers.count
    let weights = values(layers: count) { .weights(layer: $0) }
    let made = try await forms.forms(
      weights.map { $0 ?? [] }, steps: values(layers: count) { .steps(layer: $0) }, pool: pool)
    var tensors: [String: Tensor] = [:]
    for (layer, form) in zip(forms.layers, made) { tensors[layer.weight] = form.values }
    for parameter in parameters {
      switch parameter.kind {
      case .constant, .statistic:
        tensors[parameter.name] = Tensor(parameter.shape, parameter.values)
      case .weights, .steps: break
      }
    }
    return Running(tensors: tensors, forms: made)
  }

  /// The weights to store of each layer: what the plan turns into what was trained.
  func storedWeights(_ forms: LayerForms) -> [[Float]] {
    let count = forms.layers.count
    let weights = values(layers: count) { .weights(layer: $0) }
    let steps = values(layers: count) { .steps(layer: $0) }
    return (0..<count).map { forms.stored($0, weights: weights[$0] ?? [], steps: steps[$0]) }
  }

  /// Moves everything trained by one step.
  ///
  /// Zeros among the weights of layers stay zero: their gradients are, and debug builds look.
  ///
  /// - Parameters:
  ///   - gradients: dL/dv of each constant that ran, by name.
  ///   - running: What ran.
  mutating func update(
    gradients: [String: [Float]], running: Running, forms: LayerForms,
    optimizer: any Optimizer, learningRate: Double, settings: FinetuneSettings
  ) {
    let step = counters.step + 1
    var learned: [Int: [Float]] = [:]
    let steps = values(layers: forms.layers.count) { .steps(layer: $0) }
    for index in parameters.indices {
      // Taken out, so that nothing else holds its arrays and they are changed in place.
      var parameter = parameters[index]
      parameters[index].values = []
      parameters[index].slots = []
      defer { parameters[index] = parameter }
      let gradient: [Float]
      var isMasked = false
      switch parameter.kind {
      case .weights(let layer):
        guard let found = gradients[parameter.name] else { continue }
        var own = forms.gradients(
          layer, of: found, form: running.forms[layer], weights: parameter.values,
          steps: steps[layer])
        learned[layer] = own.steps
        isMasked = true
        for place in own.weights.indices where parameter.values[place] == 0 {
          own.weights[place] = 0
          // What moved a weight before it was pruned must not bring it back.
          for slot in parameter.slots.indices { parameter.slots[slot][place] = 0 }
        }
        gradient = own.weights
      case .steps(let layer):
        guard let found = learned[layer] else { continue }
        gradient = found
      case .constant:
        guard let found = gradients[parameter.name] else { continue }
        gradient = found
      case .statistic: continue
      }
      if case .steps = parameter.kind {
        parameter.moveInProportion(
          gradient, optimizer: optimizer, step: step, learningRate: learningRate)
        continue
      }
      #if DEBUG
      let before = parameter.values
      #endif
      optimizer.update(
        &parameter.values, gradient: gradient, slots: &parameter.slots, step: step,
        learningRate: learningRate,
        weightDecay: parameter.decays ? settings.weightDecay : 0)
      #if DEBUG
      assert(
        !isMasked || zip(before, parameter.values).allSatisfy { $0 != 0 || $1 == 0 },
        "a pruned weight of \(parameter.name) came back")
      #endif
    }
    boundSteps(forms)
  }

  /// Brings learned steps back to where they serve some weight.
  private mutating func boundSteps(_ forms: LayerForms) {
    let weights = values(layers: forms.layers.count) { .weights(layer: $0) }
    for index in parameters.indices {
      guard case .steps(let layer) = parameters[index].kind, let own = weights[layer] else {
        continue
      }
      parameters[index].values =
        forms.steps[layer]?.bounded(parameters[index].values, by: own)
        ?? parameters[index].values
    }
  }

  /// Lets running statistics follow those of a step's shards: running <- 0.9 running + 0.1 mean over the
  /// shards, torch's momentum.
  mutating func follow(_ statistics: [String: [Float]]) {
    for index in parameters.indices where parameters[index].kind == .statistic {
      guard let found = statistics[parameters[index].name] else { continue }
      for place in parameters[index].values.indices {
        parameters[index].values[place] += 0.1 * (found[place] - parameters[index].values[place])
      }
    }
  }
}
