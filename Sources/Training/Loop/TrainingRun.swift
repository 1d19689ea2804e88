import Execution
import Foundation
import ModelCompression
import Synchronization
import Tensors

/// A training run while it goes on.
struct TrainingRun: Sendable {
  let finetuner: Finetuner
  let setup: FinetuneSetup
  let progress: @Sendable (FinetuneProgress) -> Void
  let order: BatchOrder
  /// Where the run is.
  var state: TrainingState
  /// Whether it was taken up from a checkpoint.
  var isResumed = false
  /// What the float network does on the validation samples; nil where there are none.
  private(set) var original: ValidationPoint?
  private var lastLoss: Double?
  private var clock = ContinuousClock.now
  private var saved = ContinuousClock.now
  private var saveCost = Duration.zero
  private var identity: String?
  private var stepsHere = 0
  private var secondsHere = 0.0

  init(
    finetuner: Finetuner, setup: FinetuneSetup,
    progress: @escaping @Sendable (FinetuneProgress) -> Void
  ) {
    self.finetuner = finetuner
    self.setup = setup
    self.progress = progress
    order = BatchOrder(
      samples: setup.data.training, batch: finetuner.settings.batch,
      seed: finetuner.settings.seed)
    state = TrainingState(parameters: setup.start)
    let epochs =
      settings.epochs ?? (settings.minutes == nil ? FinetuneSettings.standardEpochs : nil)
    state.counters.steps = epochs.map { $0 * order.stepsPerEpoch }
  }

  var settings: FinetuneSettings { finetuner.settings }
  /// Steps in all; a guess until the time limit decided.
  var steps: Int {
    state.counters.steps ?? FinetuneSettings.standardEpochs * order.stepsPerEpoch
  }
  private var rates: LearningRateSchedule {
    LearningRateSchedule(peak: settings.peakLearningRate, warmUp: settings.warmUp, steps: steps)
  }
  var pruning: PruningSchedule {
    PruningSchedule(share: setup.gradual.isEmpty ? 0 : settings.gradualPruning, steps: steps)
  }
  private var isPruned: Bool { state.counters.step >= pruning.end }

  /// Takes up a checkpoint, or measures where training begins.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  mutating func begin() async throws {
    if let measured = try await setup.validate(nil, pool: finetuner.pool) {
      original = ValidationPoint(
        epoch: 0, step: 0, loss: measured.loss, accuracy: measured.accuracy)
    }
    if let path = finetuner.checkpoint {
      let file = TrainingCheckpoint(path: path)
      if file.exists {
        state = try file.read(into: state, identity: makeIdentity())
        isResumed = true
        report()
        return
      }
    }
    try await validate()
    report()
  }

  /// Trains to the end.
  ///
  /// - Returns: Why it ended.
  /// - Throws: ``EngineError``.
  mutating func train() async throws -> FinetuneResult.Ending {
    clock = .now
    saved = .now
    do {
      while state.counters.step < steps {
        if Task.isCancelled { return try end(.cancelled) }
        try await step()
        guard let loss = lastLoss, loss.isFinite else { return try end(.diverged) }
        if state.counters.step % order.stepsPerEpoch == 0 || state.counters.step == steps {
          try await validate()
          if hasLostPatience { return try end(.noProgress) }
        }
        tick()
        decideSteps()
        report()
        try save()
        if let minutes = settings.minutes, state.counters.seconds > minutes * 60 {
          if state.counters.lossCount > 0 { try await validate() }
          return try end(state.counters.step < steps ? .timeLimit : .finished)
        }
      }
    } catch is CancellationError {
      return try end(.cancelled)
    }
    if state.counters.lossCount > 0 { try await validate() }
    return try end(.finished)
  }

  private mutating func end(_ ending: FinetuneResult.Ending) throws -> FinetuneResult.Ending {
    tick()
    if ending != .diverged { try save(always: true) }
    return ending
  }

  private mutating func tick() {
    let now = ContinuousClock.now
    let seconds = Double((now - clock) / .milliseconds(1)) / 1000
    state.counters.seconds += seconds
    secondsHere += seconds
    clock = now
  }

  /// Decides how many steps there is time for, once the first epoch, or a tenth of the time, showed what
  /// a step takes: whole epochs where one fits in.
  private mutating func decideSteps() {
    guard state.counters.steps == nil, let minutes = settings.minutes else { return }
    let (done, seconds) = (state.counters.step, max(state.counters.seconds, 1e-3))
    guard done >= order.stepsPerEpoch || (done > 1 && seconds > minutes * 6) else { return }
    let fitting = min(minutes * 60 * 0.97 / seconds * Double(done), 1e9)
    let epochs = min(Int(fitting) / order.stepsPerEpoch, 10_000)
    state.counters.steps =
      epochs > 0 ? epochs * order.stepsPerEpoch : max(Int(fitting), done)
  }

  private var hasLostPatience: Bool {
    guard let patience = settings.patience, isPruned, let best = state.counters.best,
      let last = state.counters.history.last
    else { return false }
    return last.epoch - best.epoch >= patience && state.counters.step < steps
  }

  /// One step: forwards, backwards, update.
  private mutating func step() async throws {
    if pruning.changes(at: state.counters.step) { try await prune() }
    let running = try await state.constants(forms: setup.forms, pool: finetuner.pool)
    let sums = try await gradients(running)
    let rate = rates.rate(at: state.counters.step)
    state.update(
      gradients: sums.gradients, running: running, forms: setup.forms,
      optimizer: finetuner.optimizer, learningRate: rate, settings: settings)
    state.follow(sums.statistics)
    state.counters.step += 1
    state.counters.lossSum += sums.loss
    state.counters.lossCount += 1
    lastLoss = sums.loss
    stepsHere += 1
  }

  private struct Sums {
    var loss = 0.0
    var gradients: [String: [Float]] = [:]
    var statistics: [String: [Float]] = [:]
  }

  /// The gradients of a batch, its shards added up in their order.
  private func gradients(_ running: TrainingState.Running) async throws -> Sums {
    let (step, epoch) = (state.counters.step, state.counters.step / order.stepsPerEpoch)
    let items = order.samples(of: step)
    let shards = setup.data.shards(of: items, size: Finetuner.shardSize)
    let batch = shards.reduce(0) { $0 + $1.items.count }
    let setup = setup
    let normalization: Bool = settings.batchNormalization == .updated
    let found = Mutex([ShardResult?](repeating: nil, count: shards.count))
    try await finetuner.pool.forEach(shards.count) { index in
      let result = try setup.run(
        shards[index], epoch: epoch, batch: batch, weights: running.tensors,
        usesBatchStatistics: normalization)
      found.withLock { $0[index] = result }
    }
    var sums = Sums()
    for case let result? in found.withLock({ $0 }) {
      sums.loss += result.loss
      Self.add(result.gradients, to: &sums.gradients, factor: 1)
      Self.add(result.statistics, to: &sums.statistics, factor: 1 / Float(shards.count))
    }
    return sums
  }

  private static func add(
    _ tensors: [String: Tensor], to sums: inout [String: [Float]], factor: Float
  ) {
    for (name, tensor) in tensors {
      var sum = sums[name] ?? [Float](repeating: 0, count: tensor.count)
      sums[name] = nil
      sum.withUnsafeMutableBufferPointer { sum in
        tensor.withElements(of: Float.self) { values in
          for index in sum.indices { sum[index] += factor * values[index] }
        }
      }
      sums[name] = sum
    }
  }

  /// Prunes as much as the schedule says by now: the plan's own criteria rank the trained weights.
  private mutating func prune() async throws {
    let share = pruning.share(at: state.counters.step)
    let weights = state.values(layers: setup.forms.layers.count) { .weights(layer: $0) }
    let pruned = try PruningStep(setup: setup, plan: finetuner.plan).pruned(
      weights.map { $0 ?? [] }, share: share)
    for index in state.parameters.indices {
      if case .weights(let layer) = state.parameters[index].kind, let values = pruned[layer] {
        state.parameters[index].values = values
      }
    }
  }

  /// Measures the present network, and keeps it when it is the best.
  private mutating func validate() async throws {
    if pruning.end > 0, state.counters.step == pruning.end { try await prune() }
    let trained =
      state.counters.lossCount > 0
      ? state.counters.lossSum / Double(state.counters.lossCount) : nil
    let running = try await state.constants(forms: setup.forms, pool: finetuner.pool)
    let measured = try await setup.validate(running.tensors, pool: finetuner.pool)
    let point = ValidationPoint(
      epoch: state.counters.step / order.stepsPerEpoch, step: state.counters.step,
      trainingLoss: trained, loss: measured?.loss ?? trained ?? .infinity,
      accuracy: measured?.accuracy)
    state.counters.history.append(point)
    (state.counters.lossSum, state.counters.lossCount) = (0, 0)
    guard isPruned else { return }
    let byAccuracy = !setup.choice.loss.needsTeacher
    if let best = state.counters.best, !point.isBetter(than: best, byAccuracy: byAccuracy) {
      return
    }
    state.counters.best = point
    state.bestValues = state.parameters.map(\.values)
  }

  private func report() {
    let pace = stepsHere > 0 ? secondsHere / Double(stepsHere) : nil
    progress(
      FinetuneProgress(
        step: state.counters.step, steps: steps,
        epoch: state.counters.step / order.stepsPerEpoch,
        epochs: max(steps / order.stepsPerEpoch, 1),
        loss: lastLoss,
        learningRate: state.counters.step > 0 ? rates.rate(at: state.counters.step - 1) : 0,
        pruning: pruning.share(at: state.counters.step), history: state.counters.history,
        best: state.counters.best,
        secondsLeft: pace.map { $0 * Double(steps - state.counters.step) }))
  }

  // Checkpoints.

  private func makeIdentity() throws -> String {
    try TrainingCheckpoint.identity(
      engine: finetuner.engine, plan: finetuner.plan, settings: settings)
  }

  /// Writes a checkpoint when that takes no more than a twentieth of the time since the last one.
  private mutating func save(always: Bool = false) throws {
    guard let path = finetuner.checkpoint else { return }
    let begin = ContinuousClock.now
    guard always || begin - saved >= saveCost * 20 else { return }
    let identity = try identity ?? makeIdentity()
    self.identity = identity
    try TrainingCheckpoint(path: path).write(state, identity: identity)
    saved = .now
    saveCost = saved - begin
  }
}
