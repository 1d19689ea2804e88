import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// The second part of a scan: running the network.
struct ScanMeasuring: Sendable {
  let work: ScanWork
  let weights: ScanWeights
  /// Runs batches in 32-bit floats.
  let exact: any GraphExecutor
  /// Runs batches of drafts; nil when all is exact.
  let draft: (any GraphExecutor)?
  let pool: WorkerPool
  /// Bytes that checkpoints may take.
  let checkpointBytes: Int
  let flag: CancellationFlag

  /// Measures the cells of a table.
  func run(
    table: SensitivityTable, batches: ScanBatches, journal: ScanJournal?,
    progress: @escaping @Sendable (SensitivityTable, ScanProgress) -> Void
  ) async throws -> SensitivityTable {
    var table = table
    table.identity = try ScanIdentity(work: work, batches: batches)
    let known =
      try journal?.open(SensitivityReport(table, shard: work.scan.shard, seconds: 0))
      ?? ScanJournal.Content()
    let (order, ordered, edge) = try await order(batches)
    let ledger = ScanLedger(
      work: work, order: order, batchCount: ordered.count, measure: ordered.measure, table: table,
      known: known,
      journal: journal, progress: progress)
    let scores = table.cells
    let rank: (ScanWork.Cell) -> Double = { cell in
      let scored = scores[cell.index]
      return -(scored.localSQNR ?? scored.weightSQNR)
    }
    let units = ScanUnits(
      groups: work.groups(
        bytes: try bytesOfCheckpoints(ordered), byteLimit: checkpointBytes / (pool.threads + 2),
        rank: rank),
      batches: ordered.count, isSequential: order.isSequential)
    do {
      try await work(through: units, ordered, ledger, edge: edge)
    } catch {
      try ledger.flush(always: true)
      ledger.report()
      throw error
    }
    try ledger.flush(always: true)
    ledger.report()
    return ledger.table
  }

  /// Works through all items, letting others use the threads as soon as they ask for them: whoever
  /// edits a plan while a scan runs behind it does not wait for the scan.
  private func work(
    through units: ScanUnits, _ batches: ScanBatches, _ ledger: ScanLedger, edge: Int
  ) async throws {
    var items = units.items
    while !items.isEmpty {
      let list = items
      let started = Mutex(0)
      let unfinished = Mutex<[Int]>([])
      units.pause(false)
      do {
        try await pool.forEach(
          list.count,
          // At least one item a turn, so that two scans at once both get on.
          isCancelled: {
            flag.isCancelled || (pool.isAwaited && started.withLock { $0 > 0 })
          },
          { index in
            started.withLock { $0 = max($0, index + 1) }
            switch list[index] {
            case .capture(let unit):
              try capture(unit, units, batches, ledger, on: executor(units.batch(unit), edge))
            case .layer(let unit, let place):
              let executor = executor(units.batch(unit), edge)
              if try !measure(unit, place, units, ledger, on: executor) {
                unfinished.withLock { $0.append(index) }
              }
              try ledger.flush(always: false)
            }
          })
      } catch is CancellationError where !flag.isCancelled && !Task.isCancelled {}
      items =
        unfinished.withLock { $0.sorted().map { list[$0] } }
        + list[started.withLock { $0 }...]
    }
  }

  /// What runs a batch: batches in front of the edge are run in 32-bit floats in any case.
  private func executor(_ batch: Int, _ edge: Int) -> any GraphExecutor {
    batch < edge ? exact : draft ?? exact
  }

  /// In which order the batches are gone through, and the batches in that order.
  ///
  /// An ordered scan needs the original network on all images first. Without class scores there are no
  /// margins, and every batch is run.
  ///
  /// - Returns: With them, how many batches at the start have margins that the error of a draft may
  ///   reach: up to four times the largest shift between the original network and its draft.
  private func order(
    _ batches: ScanBatches
  ) async throws -> (ScanOrder, ScanBatches, edge: Int) {
    let rule: StoppingRule
    if work.scan.stopsEarly {
      rule = .early
    } else if work.scan.precision == .settled {
      rule = .settled
    } else {
      return (.everything, batches, 0)
    }
    let found = Mutex<[Int: (margins: [Float]?, tallies: [CellTally])]>([:])
    let shift = Mutex<Float>(0)
    try await pool.forEach(
      batches.count, isCancelled: { flag.isCancelled },
      { batch in
        let inputs = try batches.tensors(batch)
        let options = RunOptions(isCancelled: { flag.isCancelled })
        let outputs = try exact.run(inputs: inputs, weights: [:], options: options).outputs
        let baseline = try baseline([outputs], batch, batches)
        if let draft {
          let drafted = try draft.run(inputs: inputs, weights: [:], options: options).outputs
          let most = try baseline.tally([drafted]).shift
          shift.withLock { $0 = max($0, most) }
        }
        let result = (baseline.margins, baseline.ownTallies)
        found.withLock { $0[batch] = result }
      })
    let results = found.withLock { $0 }
    var samples: [(index: Int, margin: Float, tally: CellTally)] = []
    for batch in 0..<batches.count {
      guard let result = results[batch], let margins = result.margins else {
        return (.everything, batches, 0)
      }
      for (place, index) in batches.indices[batch].enumerated() {
        samples.append((index, margins[place], result.tallies[place]))
      }
    }
    // Equal margins keep their order: the order of samples decides the figures.
    let sorted = samples.enumerated().sorted {
      ($0.element.margin, $0.offset) < ($1.element.margin, $1.offset)
    }.map(\.element)
    let size = max(batches.indices.first?.count ?? 1, 1)
    let parts = stride(from: 0, to: sorted.count, by: size).map {
      sorted[$0..<min($0 + size, sorted.count)]
    }
    let estimate = ScanEstimate(
      baseline: parts.map { part in
        part.reduce(into: CellTally()) { $0.add($1.tally) }
      })
    let margins = parts.map { $0.first?.margin ?? 0 }
    let reach = 4 * shift.withLock { $0 }
    return (
      .ordered(rule, estimate: estimate, margins: margins),
      batches.with(indices: parts.map { $0.map(\.index) }),
      edge: draft == nil ? 0 : margins.prefix { $0 <= reach }.count
    )
  }

  /// Bytes of a checkpoint of a batch in front of each layer.
  private func bytesOfCheckpoints(_ batches: ScanBatches) throws -> [Int: Int] {
    guard batches.count > 0 else { return [:] }
    let positions = Set(work.cells.map(\.position)).sorted()
    return try exact.run(
      inputs: try batches.tensors(0), weights: [:],
      options: RunOptions(captureBefore: positions, isCancelled: { flag.isCancelled })
    ).checkpoints.mapValues { $0.byteCount * batches.data.partCount }
  }

  private func baseline(
    _ outputs: [[String: Tensor]], _ batch: Int, _ batches: ScanBatches
  ) throws -> BaselineBatch {
    try BaselineBatch(
      graph: exact.graph, outputs: outputs, size: batches.size(batch),
      samples: batches.indices[batch], labels: batches.labels(batch),
      hasClasses: batches.hasClasses, measure: batches.measure)
  }

  /// Runs a unit's host network and keeps its state in front of the unit's layers.
  private func capture(
    _ unit: Int, _ units: ScanUnits, _ batches: ScanBatches, _ ledger: ScanLedger,
    on executor: any GraphExecutor
  ) throws {
    var made: ScanUnits.Capture?
    defer { units.finish(unit: unit, made) }
    let (group, batch) = (units.group(unit), units.batch(unit))
    let isWanted = group.layers.joined().contains { ledger.mayWant($0.place, batch: batch) }
    let isCounted = units.isFirst(unit) && ledger.wantsBaseline(batch)
    guard isWanted || isCounted else { return }
    let host = try work.weights(host: group.host, cell: nil, from: weights)
    var outputs: [[String: Tensor]] = []
    var checkpoints: [[Int: Checkpoint]] = []
    for part in 0..<batches.data.partCount {
      let inputs = try batches.tensors(batch, part: part)
      let result = try executor.run(
        inputs: inputs, weights: host,
        options: RunOptions(
          captureBefore: group.positions, isCancelled: { flag.isCancelled }))
      checkpoints.append(result.checkpoints)
      outputs.append(
        group.host == nil
          ? result.outputs
          : try executor.run(
            inputs: inputs, weights: [:], options: RunOptions(isCancelled: { flag.isCancelled })
          ).outputs)
    }
    let baseline = try baseline(outputs, batch, batches)
    if isCounted {
      ledger.addBaseline(
        baseline.ownTallies.reduce(into: CellTally()) { $0.add($1) }, batch: batch)
    }
    made = ScanUnits.Capture(baseline: baseline, checkpoints: checkpoints)
  }

  /// Runs the cells of one layer on a unit's batch.
  ///
  /// - Returns: Whether all of them were run; false when others ask for the threads.
  private func measure(
    _ unit: Int, _ place: Int, _ units: ScanUnits, _ ledger: ScanLedger,
    on executor: any GraphExecutor
  ) throws -> Bool {
    var isDone = true
    defer { if isDone { units.end(unit: unit, place: place) } }
    let capture: ScanUnits.Capture
    switch units.start(unit: unit, place: place) {
    case .run(let ready): capture = ready
    case .skip: return true
    case .wait:
      isDone = false
      return false
    }
    let (group, batch) = (units.group(unit), units.batch(unit))
    var hasRun = false
    for cell in group.layers[place] where ledger.wants(cell.place, batch: batch) {
      if hasRun && pool.isAwaited {
        isDone = false
        units.pause(true)
        return false
      }
      hasRun = true
      let start = ContinuousClock.now
      let changed = try work.weights(host: group.host, cell: cell, from: weights)
      let outputs = try capture.checkpoints.map { checkpoints in
        try executor.run(
          inputs: [:], weights: changed,
          options: RunOptions(
            resume: checkpoints[cell.position], isCancelled: { flag.isCancelled })
        ).outputs
      }
      let tally = try capture.baseline.tally(outputs)
      let parts = (ContinuousClock.now - start).components
      ledger.add(
        tally, place: cell.place, batch: batch,
        seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    return true
  }
}

extension ScanOrder {
  /// Whether the next batch of a cell depends on the one before.
  fileprivate var isSequential: Bool {
    if case .ordered = self { true } else { false }
  }
}
