import NetworkGraph
import Operators
import Synchronization
import Tensors

/// Runs a graph with oneDNN primitives, and with reference kernels where there is none.
///
/// For each set of input shapes a schedule is made once: shapes and constants are worked out,
/// primitives created, and weights copied into the layouts that primitives like best. Values travel
/// between primitives in oneDNN's own layouts. A run uses the calling thread only; any number of
/// threads may run at once.
///
/// Replaced weights are prepared once per tensor and kept while there is room, so that changing one
/// layer costs one copy. A run resumed from a checkpoint equals the full run bit for bit.
public final class FastExecutor: GraphExecutor {
  /// The graph being run.
  public let graph: NetworkGraph
  let registry: OperatorRegistry
  private let interpreter: PlainInterpreter
  let services: RunServices
  /// What it was made with.
  public let options: Options
  private let schedules = Mutex<[ScheduleKey: Schedule]>([:])
  /// Values whose first axis is the batch; nil until somebody asks.
  let batchedValues = Mutex<Set<String>?>(nil)

  /// The most schedules that are kept.
  private static let scheduleLimit = 64

  /// Makes an executor.
  ///
  /// - Parameters:
  ///   - graph: The graph to run.
  ///   - registry: The operators in use.
  ///   - options: Choices between speed, memory and nearness to other runtimes.
  /// - Throws: ``EngineError`` with code `unsupported`: naming the first node that can't be run, or
  ///   when bf16 is asked for and the processor lacks it.
  public init(
    graph: NetworkGraph, registry: OperatorRegistry = .standard, options: Options = Options()
  ) throws(EngineError) {
    self.graph = graph
    self.options = options
    self.registry = registry
    if let (index, reason) = UnsupportedOperators.find(in: graph, registry: registry).first {
      throw EngineError(
        .unsupported, subject: graph.describe(index), problem: reason,
        remedy: "The model can be inspected but not run")
    }
    if options.precision == .bfloat16 && !FastExecutor.supportsBFloat16 {
      throw EngineError(
        .unsupported, subject: "bf16", problem: "the processor has no bf16 products",
        remedy: "Run in float32")
    }
    interpreter = PlainInterpreter(model: graph, registry: registry)
    services = RunServices(
      constants: ConstantTable(
        graph: graph, interpreter: interpreter, byteLimit: options.preparedByteLimit),
      byteLimit: options.preparedByteLimit, freeByteLimit: options.freeByteLimit)
  }

  /// Runs the graph, or its rest from a checkpoint, as ``GraphExecutor`` says.
  public func run(
    inputs: [String: Tensor], weights: [String: Tensor], options: RunOptions
  ) throws -> RunResult {
    try services.constants.check(weights)
    let changes = weights.filter { name, tensor in
      services.constants.roots[name].map { TensorIdentity($0) != TensorIdentity(tensor) } ?? false
    }
    let shapes: [String: [Int]]
    if let checkpoint = options.resume {
      guard let cut = checkpoint.values[Cut.name] as? Cut,
        cut.precision == self.options.precision
      else {
        throw EngineError(
          .invalidArgument, subject: "checkpoint", problem: "was made by another executor",
          remedy: "Resume from a checkpoint of the same executor")
      }
      shapes = cut.inputShapes
    } else {
      try InputCheck(graph: graph).check(inputs)
      shapes = inputs.filter { graph.initializers[$0.key] == nil }.mapValues(\.shape)
    }
    let schedule = try schedule(for: shapes, weights: changes)
    let state = RunState(schedule: schedule, services: services, weights: changes)
    if let checkpoint = options.resume {
      try fill(state, from: checkpoint)
    } else {
      for (name, slot) in schedule.inputs { state.values[slot] = inputs[name].map { RunValue($0) } }
    }
    return try run(state, options: options)
  }

  /// What runs the graph for inputs of these shapes, in order.
  ///
  /// - Returns: For each step the position of its node (the last one, when nodes are fused) and
  ///   oneDNN's name of the implementation; `reference` for the operators' own kernels, `view` where
  ///   nothing is computed.
  /// - Throws: ``EngineError`` when the graph can't run with these shapes.
  public func implementations(
    inputShapes: [String: [Int]]
  ) throws -> [(position: Int, implementation: String)] {
    try schedule(for: inputShapes, weights: [:]).entries.map {
      ($0.position, $0.step.implementation)
    }
  }

  private func run(_ state: RunState, options: RunOptions) throws -> RunResult {
    let schedule = state.schedule
    let start = options.resume?.position ?? 0
    var captures = options.captureBefore.filter { $0 >= start }.sorted()[...]
    var result = RunResult(outputs: [:])
    for entry in schedule.entries where entry.position >= start {
      while let position = captures.first, position <= entry.position {
        result.checkpoints[position] = capture(state, before: position)
        captures.removeFirst()
      }
      if let stop = options.stopBefore, stop <= entry.position { return result }
      if options.isCancelled?() == true { throw CancellationError() }
      state.releases = entry.releases
      do {
        try entry.step.run(state)
      } catch {
        throw located(error, at: entry.position)
      }
      for slot in entry.releases { state.release(slot) }
    }
    for position in captures { result.checkpoints[position] = capture(state, before: position) }
    for output in schedule.outputs {
      result.outputs[output.name] = try state.read(output.source).trimmed().tensor
    }
    return result
  }

  private func located(_ error: any Error, at position: Int) -> any Error {
    switch error {
    case let error as EngineError: error.about(graph.describe(position))
    case let error as OneDNNError: error.engineError.about(graph.describe(position))
    default: error
    }
  }
}

/// What a checkpoint says of the run it comes from.
struct Cut: Sendable {
  /// No value of a graph has an empty name.
  static let name = ""
  let inputShapes: [String: [Int]]
  let precision: FastExecutor.Precision
}

extension FastExecutor {
  private func capture(_ state: RunState, before position: Int) -> Checkpoint {
    let cut = Cut(inputShapes: state.schedule.inputShapes, precision: options.precision)
    var values: [String: any Sendable] = [Cut.name: cut]
    var byteCount = 0
    for slot in state.schedule.liveSlots(before: position) {
      guard let value = state.values[slot]?.trimmed() else { continue }
      // Later checkpoints share it.
      state.values[slot] = value
      values[state.schedule.slots[slot].name] = value
      byteCount += value.byteCount
    }
    return Checkpoint(position: position, byteCount: byteCount, values: values)
  }

  private func fill(_ state: RunState, from checkpoint: Checkpoint) throws {
    let schedule = state.schedule
    for slot in schedule.liveSlots(before: checkpoint.position) {
      let expected = schedule.slots[slot]
      guard let value = checkpoint.values[expected.name] as? RunValue else {
        throw EngineError(
          .invalidArgument, subject: "checkpoint before \(checkpoint.position)",
          problem: "does not hold value '\(expected.name)'",
          remedy: "Resume from a checkpoint of the same executor")
      }
      state.values[slot] = try value.converted(to: expected.layout, pool: services.pool)
    }
  }

  private func schedule(
    for shapes: [String: [Int]], weights: [String: Tensor]
  ) throws -> Schedule {
    let plain = try schedule(ScheduleKey(inputShapes: shapes, replaced: [:]), weights: [:])
    let baked = weights.filter { plain.bakedRoots.contains($0.key) }
    if baked.isEmpty { return plain }
    let key = ScheduleKey(
      inputShapes: shapes, replaced: baked.mapValues { TensorIdentity($0) })
    return try schedule(key, weights: baked)
  }

  /// Schedules are made with the table locked, so that of several threads that want the same one
  /// makes it and the others wait for it.
  private func schedule(_ key: ScheduleKey, weights: [String: Tensor]) throws -> Schedule {
    try schedules.withLock { schedules in
      if let known = schedules[key] { return known }
      if schedules.count >= FastExecutor.scheduleLimit { schedules.removeAll() }
      let made = try makeSchedule(key.inputShapes, weights: weights)
      schedules[key] = made
      return made
    }
  }

  private func makeSchedule(
    _ shapes: [String: [Int]], weights: [String: Tensor]
  ) throws -> Schedule {
    let facts = try ShapeInference.infer(
      graph: graph, inputShapes: shapes, registry: registry, weights: weights)
    let builder = ScheduleBuilder(
      graph: graph, interpreter: interpreter, facts: facts, services: services,
      options: options, replacing: weights)
    let lowering = Lowering(builder: builder)
    let nodes = neededNodes().filter { index in
      !graph.nodes[index].outputs.allSatisfy { $0.isEmpty || builder.isConstant($0) }
    }
    do {
      for chain in try FusionPlan.chains(of: nodes, builder: builder) {
        builder.position = chain.position
        do {
          try lowering.lower(chain)
        } catch {
          throw located(error, at: chain.position)
        }
      }
      return try builder.schedule(inputShapes: shapes)
    } catch let error as OneDNNError {
      throw error.engineError
    }
  }

  /// The nodes that the graph's outputs depend on, in order.
  private func neededNodes() -> [Int] {
    var wanted = Set(graph.outputs.map(\.name))
    var needed: [Int] = []
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: { wanted.contains($0) }) {
      needed.append(index)
      wanted.formUnion(node.allInputs)
    }
    return needed.reversed()
  }
}

extension RunValue {
  /// The value in the layout that a schedule expects it in; another schedule may have made it.
  fileprivate func converted(to wanted: DataLayout?, pool: BufferPool) throws -> RunValue {
    if layout == nil && wanted == nil { return self }
    if let layout, let wanted, layout == wanted { return self }
    let plain = try DataLayout.plain(shape)
    let (from, into) = (layout ?? plain, wanted ?? plain)
    let reorder = try Primitive.reorder(from, into)
    let copy = try pool.storage(byteCount: into.byteCount) { memory in
      let data = [pointer, memory]
      try withExtendedLifetime(storage) {
        try reorder.execute(arguments: [1, 17], layouts: [from.handle, into.handle], data: data)
      }
    }
    return RunValue(storage: copy, shape: shape, layout: wanted)
  }
}
