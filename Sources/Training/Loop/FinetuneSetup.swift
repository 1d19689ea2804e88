import Datasets
import Evaluation
import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Everything about a training run that does not change while it runs.
struct FinetuneSetup: Sendable {
  /// The network before training: the opened model, or what the plan's steps made of it.
  let base: OpenedModel
  /// The networks that run.
  let network: TrainingNetwork
  /// The samples.
  let data: TrainingData
  /// What is trained on.
  let choice: LossChoice
  /// How weights become what runs.
  let forms: LayerForms
  /// The settings of the layers.
  let settings: [LayerSetting]
  /// What is trained, at the start.
  let start: [TrainingParameter]
  /// Layers whose amount of pruning may rise bit by bit.
  let gradual: [Int]
  /// What the user should know.
  let notices: [String]
}

extension FinetuneSetup {
  /// Applies the plan, splits the data and prepares the networks.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  static func make(
    engine: PreviewEngine, plan: CompressionPlan, settings: FinetuneSettings,
    optimizer: any Optimizer, pool: WorkerPool
  ) async throws -> FinetuneSetup {
    guard let data = engine.data else {
      throw EngineError(
        .invalidData, problem: "there are no training data", remedy: "Give them with --data")
    }
    let opened = try engine.model.runnableGraph()
    let resolution = try engine.planCompressor.resolver.resolve(plan)
    let begun = try await StartingPoint.make(engine: engine, plan: plan, settings: settings)
    let base = begun.base
    let graph = try base.runnableGraph()
    let layerSettings = resolution.settings
    let forms = LayerForms(
      layers: base.layers, settings: layerSettings, seed: plan.seed ?? 0,
      learnsStep: settings.learnsStep)
    let gradual = Self.gradual(layerSettings, settings, base: base, opened: engine.model)
    var start = Self.parameters(
      begun, graph: graph, forms: forms, gradual: Set(gradual), optimizer: optimizer)
    if settings.batchNormalization == .updated {
      for name in TrainableConstants.runningStatistics(in: graph) {
        guard let tensor = begun.constants[name] ?? graph.constant(name) else { continue }
        start.append(
          TrainingParameter(
            .statistic, name: name, shape: tensor.shape, values: tensor.floats, slotCount: 0))
      }
    }
    let trainingData = try TrainingData(data, graph: opened, settings: settings)
    let running = try await RoundedActivations.graph(
      of: graph, settings: layerSettings, base: base, start: start, forms: forms, engine: engine,
      pool: pool)
    let network = try TrainingNetwork(
      graph: running, teacher: opened,
      wanted: Set(
        start.filter { parameter in
          switch parameter.kind {
          case .weights, .constant: true
          case .steps, .statistic: false
          }
        }.map(\.name)), byteLimit: engine.memory.bytes / 2 / pool.threads)
    let samples = try await Self.teacherSamples(trainingData, network: network, pool: pool)
    return FinetuneSetup(
      base: base, network: network, data: trainingData,
      choice: try LossChoice(
        graph: opened, data: data, samples: samples.outputs, batch: samples.batch,
        settings: settings),
      forms: forms, settings: layerSettings, start: start, gradual: gradual,
      notices: begun.notices
        + Self.notices(layerSettings, settings, gradual: gradual, forms: forms)
        + Self.idleNotices(layerSettings, settings, graph: graph))
  }

  /// Outputs of the float network for up to 128 samples: what outputs are like.
  private static func teacherSamples(
    _ data: TrainingData, network: TrainingNetwork, pool: WorkerPool
  ) async throws -> (outputs: [[String: Tensor]], batch: Int) {
    let shards = data.shards(
      of: Array(data.training.prefix(128)), size: Finetuner.shardSize)
    let found = Mutex([[String: Tensor]](repeating: [:], count: shards.count))
    try await pool.forEach(shards.count) { index in
      let outputs = try network.teacher.run(
        inputs: data.inputs(shards[index], epoch: nil), weights: [:], options: RunOptions()
      ).outputs
      found.withLock { $0[index] = outputs }
    }
    return (found.withLock { $0 }, shards.first?.items.count ?? 0)
  }

  private static func parameters(
    _ begun: StartingPoint, graph: NetworkGraph, forms: LayerForms, gradual: Set<Int>,
    optimizer: any Optimizer
  ) -> [TrainingParameter] {
    let slots = optimizer.slotCount
    var parameters: [TrainingParameter] = []
    for (index, layer) in begun.base.layers.enumerated() {
      // Where pruning comes bit by bit it starts from all weights.
      let source = gradual.contains(index) ? begun.base.weights[index] : begun.weights[index]
      let values = source.floats
      parameters.append(
        TrainingParameter(
          .weights(layer: index), name: layer.weight, shape: layer.shape, values: values,
          slotCount: slots))
      if let step = forms.steps[index] {
        parameters.append(
          TrainingParameter(
            .steps(layer: index), name: layer.weight, shape: [step.count],
            values: step.start(values), slotCount: slots))
      }
    }
    for name in TrainableConstants.find(in: graph, layers: begun.base.layers) {
      guard let tensor = begun.constants[name] ?? graph.constant(name) else { continue }
      parameters.append(
        TrainingParameter(
          .constant, name: name, shape: tensor.shape, values: tensor.floats, slotCount: slots))
    }
    return parameters
  }

  /// Layers whose pruning can rise bit by bit: by an amount, by weights alone.
  private static func gradual(
    _ layers: [LayerSetting], _ settings: FinetuneSettings, base: OpenedModel,
    opened: OpenedModel
  ) -> [Int] {
    guard settings.gradualPruning > 0 else { return [] }
    return layers.indices.filter { index in
      guard let prune = layers[index].prune, prune.amount > 0, prune.measure != .threshold,
        !prune.refit, LayerSetting(prune: prune).statisticsNeeds.isEmpty
      else { return false }
      if case .keep = prune.pattern { return false }
      return true
    }
  }

  private static func notices(
    _ layers: [LayerSetting], _ settings: FinetuneSettings, gradual: [Int], forms: LayerForms
  ) -> [String] {
    var notices: [String] = []
    let methods = Set(layers.compactMap { $0.weights?.method.name }).subtracting(["nearest"])
    if !methods.isEmpty {
      notices.append(
        "training takes the place of \(methods.sorted().joined(separator: ", ")): "
          + "codes are the nearest ones")
    }
    if settings.learnsStep == true {
      let left = zip(layers, forms.steps).count { $0.weights != nil && $1 == nil }
      if left > 0 {
        notices.append(
          "\(left) layers keep the plan's steps: only those of 2 to 8 bits and scheme symmetric "
            + "are learned")
      }
    }
    if settings.gradualPruning > 0 {
      let pruned = layers.count { ($0.prune?.amount ?? 0) > 0 }
      if pruned > gradual.count {
        notices.append(
          "\(pruned - gradual.count) layers are pruned at once: N:M, thresholds, refits and criteria "
            + "that look at data can't rise bit by bit")
      }
    }
    return notices
  }

  /// What was asked for and does nothing here.
  private static func idleNotices(
    _ layers: [LayerSetting], _ settings: FinetuneSettings, graph: NetworkGraph
  ) -> [String] {
    var notices: [String] = []
    if settings.gradualPruning > 0, layers.allSatisfy({ $0.prune == nil }) {
      notices.append("the plan prunes no weights that could be pruned bit by bit")
    }
    if settings.batchNormalization == .updated,
      TrainableConstants.runningStatistics(in: graph).isEmpty
    {
      notices.append(
        "there are no statistics of batch normalization to update: it is folded into the weights, "
          + "unless --keep-batchnorm is given")
    }
    return notices
  }
}
