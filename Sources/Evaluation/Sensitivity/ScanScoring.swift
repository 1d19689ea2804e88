import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// The first part of a scan: what weights alone say, and each layer on its own.
struct ScanScoring: Sendable {
  let work: ScanWork
  let weights: ScanWeights
  let pool: WorkerPool
  let images: Int
  let flag: CancellationFlag
  let progress: @Sendable (SensitivityTable, ScanProgress) -> Void

  /// The most samples that layers are run on by themselves.
  private static let probedSamples = 16

  /// The table with the free scores.
  func run(runner: BatchRunner, batches: ScanBatches) async throws -> SensitivityTable {
    let model = work.model
    let rows = work.rows
    let kurtosis = Mutex([Double](repeating: 0, count: rows.count))
    try await pool.forEach(
      rows.count, isCancelled: { flag.isCancelled },
      { row in
        let value = WeightStatistics(model.weights[rows[row]]).kurtosis
        kurtosis.withLock { $0[row] = value }
      })
    let known = kurtosis.withLock { $0 }
    let table = Mutex(
      SensitivityTable(
        images: images, direction: work.scan.direction,
        layers: rows.enumerated().map { row, index in
          SensitivityTable.Layer(
            name: model.layers[index].name, weight: model.layers[index].weight, index: index,
            parameters: model.layers[index].parameters, kurtosis: known[row])
        }, settings: work.scan.settings))
    try await pool.forEach(
      work.cells.count, isCancelled: { flag.isCancelled },
      { place in
        let cell = work.cells[place]
        let scores = try weights.scores(layer: cell.layer, setting: cell.column)
        table.withLock { table in
          table.cells[cell.index].sparsity = scores.sparsity
          table.cells[cell.index].weightSQNR = scores.sqnr
          table.cells[cell.index].weightError = scores.error
        }
      })
    report(table.withLock { $0 })
    try await probe(table, graph: runner.executor.graph, batches: batches)
    let result = table.withLock { $0 }
    report(result)
    return result
  }

  /// Runs each layer by itself on what it reads in the original network.
  private func probe(
    _ table: borrowing Mutex<SensitivityTable>, graph: NetworkGraph, batches: ScanBatches
  ) async throws {
    let byRow = Dictionary(grouping: work.cells, by: \.row).sorted { $0.key < $1.key }
      .map(\.value)
    guard batches.count > 0 else { return }
    let layers = work.model.layers
    let found = Mutex<[(index: Int, sqnr: Double)]>([])
    let probe = try LayerProbe(
      graph: graph, layers: layers, rows: Set(work.cells.map(\.layer)).sorted(),
      inputs: try batches.first(Self.probedSamples))
    try await pool.forEach(
      byRow.count, isCancelled: { flag.isCancelled },
      { place in
        let cells = byRow[place]
        guard let layer = cells.first?.layer else { return }
        let tensors = try cells.map { try weights.tensor(layer: $0.layer, setting: $0.column) }
        guard let ratios = probe.outputSQNR(layer: layer, weights: tensors) else { return }
        found.withLock { $0 += zip(cells, ratios).map { ($0.index, $1) } }
      })
    let list = found.withLock { $0 }
    table.withLock { table in
      for (index, sqnr) in list { table.cells[index].localSQNR = sqnr }
    }
  }

  private func report(_ table: SensitivityTable) {
    progress(
      table,
      ScanProgress(
        phase: .scoring, fraction: 0, finishedCells: 0, cellCount: work.cells.count, images: 0,
        seconds: 0, secondsLeft: nil))
  }
}
