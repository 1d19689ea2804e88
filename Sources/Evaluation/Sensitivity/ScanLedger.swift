import Foundation
import ModelCompression
import Synchronization
import Tensors

/// Collects what the runs of a scan find, in whatever order they finish, and tells what is known.
///
/// Only the unbroken run of batches from the first on counts, so the table of the first n batches is
/// the same however many threads there are.
final class ScanLedger: Sendable {
  private struct State {
    var table: SensitivityTable
    var records: [CellRecord]
    /// Batches that finished before an earlier one of the same cell, by cell.
    var pending: [[Int: (tally: CellTally, seconds: Double)]]
    var baseline = CellTally()
    var baselineNext = 0
    /// How many batches of it the journal holds.
    var baselineWritten = 0
    var pendingBaseline: [Int: CellTally] = [:]
    /// Cells that changed since the table was last brought up to date.
    var stale: Set<Int> = []
    /// Cells that changed since the journal was last written.
    var unwritten: Set<Int> = []
    var images = 0
    var lastReport = ContinuousClock.now
    var lastFlush = ContinuousClock.now
    /// Work that an earlier run had done.
    var workBefore = 0.0
  }

  private let work: ScanWork
  private let order: ScanOrder
  private let batchCount: Int
  private let state: Mutex<State>
  private let start = ContinuousClock.now
  private let journal: ScanJournal?
  private let measure: (any EvaluationMeasure)?
  private let progress: @Sendable (SensitivityTable, ScanProgress) -> Void

  /// - Parameters:
  ///   - measure: How the task judges outputs; nil for none.
  ///   - table: The table with the free scores.
  ///   - known: What an earlier, interrupted scan left.
  init(
    work: ScanWork, order: ScanOrder, batchCount: Int, measure: (any EvaluationMeasure)?,
    table: SensitivityTable, known: ScanJournal.Content, journal: ScanJournal?,
    progress: @escaping @Sendable (SensitivityTable, ScanProgress) -> Void
  ) {
    self.work = work
    self.order = order
    self.batchCount = batchCount
    self.journal = journal
    self.measure = measure
    self.progress = progress
    var state = State(
      table: table, records: [CellRecord](repeating: CellRecord(), count: work.cells.count),
      pending: Array(repeating: [:], count: work.cells.count))
    for (place, cell) in work.cells.enumerated() {
      for entry in known.cells[cell.index] ?? [] {
        switch order {
        case .everything:
          // What a task keeps of samples is not written down: its cells are measured whole.
          if measure != nil, entry.batch + 1 < batchCount { continue }
          state.records[place].total = entry.tally
          state.records[place].next = entry.batch + 1
          state.records[place].seconds = entry.seconds
        case .ordered(let rule, _, let margins):
          state.records[place].append(
            CellRecord.Point(batch: entry.batch, tally: entry.tally), seconds: entry.seconds,
            rule: rule, margins: margins, images: table.images)
        }
      }
      state.records[place].written = state.records[place].points.count
      state.stale.insert(place)
      // A crash may have torn off the row of a finished cell.
      if known.cells[cell.index] != nil { state.unwritten.insert(place) }
    }
    switch order {
    case .everything:
      state.baseline = known.baseline?.tally ?? CellTally()
      state.baselineNext = known.baseline.map { $0.batch + 1 } ?? 0
    case .ordered(_, let estimate, _):
      state.baseline = estimate.baseline.reduce(into: CellTally()) { $0.add($1) }
      state.baselineNext = batchCount
    }
    self.state = Mutex(state)
    self.state.withLock { state in
      refresh(&state)
      state.workBefore = amounts(state).done
    }
  }

  private var elapsed: Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Whether a cell, by its place among the work's cells, still wants a batch.
  func wants(_ place: Int, batch: Int) -> Bool {
    state.withLock { state in
      let record = state.records[place]
      if record.isDecided || state.pending[place][batch] != nil { return false }
      return switch order {
      case .everything: record.next <= batch
      case .ordered: record.next == batch
      }
    }
  }

  /// Whether a cell may come to want a batch once runs of earlier batches have ended.
  func mayWant(_ place: Int, batch: Int) -> Bool {
    state.withLock { state in
      let record = state.records[place]
      return !record.isDecided && record.next <= batch && state.pending[place][batch] == nil
    }
  }

  /// Whether the original network has to be counted on a batch.
  func wantsBaseline(_ batch: Int) -> Bool {
    state.withLock { $0.baselineNext <= batch && $0.pendingBaseline[batch] == nil }
  }

  /// Adds the original network's sums of a batch.
  func addBaseline(_ tally: CellTally, batch: Int) {
    state.withLock { state in
      guard state.baselineNext <= batch else { return }
      state.pendingBaseline[batch] = tally
      while let ready = state.pendingBaseline.removeValue(forKey: state.baselineNext) {
        state.baseline.add(ready)
        state.baselineNext += 1
      }
    }
  }

  /// Adds a cell's sums of a batch.
  func add(_ tally: CellTally, place: Int, batch: Int, seconds: Double) {
    let report: (SensitivityTable, ScanProgress)? = state.withLock { state in
      switch order {
      case .everything:
        state.pending[place][batch] = (tally, seconds)
        while let ready = state.pending[place].removeValue(forKey: state.records[place].next) {
          state.records[place].append(ready.tally, seconds: ready.seconds)
        }
        if let measure, isFinished(state.records[place]) {
          state.records[place].total.finish(measure)
        }
      case .ordered(let rule, _, let margins):
        state.records[place].append(
          CellRecord.Point(batch: batch, tally: tally), seconds: seconds, rule: rule,
          margins: margins, images: state.table.images)
      }
      state.images += tally.images
      state.stale.insert(place)
      state.unwritten.insert(place)
      let now = ContinuousClock.now
      guard now - state.lastReport >= .milliseconds(100) else { return nil }
      state.lastReport = now
      refresh(&state)
      return (state.table, progress(state))
    }
    if let (table, progress) = report { self.progress(table, progress) }
  }

  /// Writes what is new to the journal, at most four times a second unless `always`.
  func flush(always: Bool) throws(EngineError) {
    guard let journal else { return }
    let lines: [ScanJournal.Line] = state.withLock { state in
      let now = ContinuousClock.now
      // Rarer as time goes on: the journal of a long scan stays short.
      let pause = max(0.25, elapsed / 50)
      guard always || now - state.lastFlush >= .seconds(pause) else { return [] }
      state.lastFlush = now
      refresh(&state)
      return unwrittenLines(&state)
    }
    if !lines.isEmpty { try journal.append(lines) }
  }

  /// The table so far.
  var table: SensitivityTable {
    state.withLock { state in
      refresh(&state)
      return state.table
    }
  }

  /// Tells the progress function the state of things.
  func report() {
    let (table, progress) = state.withLock { state in
      refresh(&state)
      return (state.table, self.progress(state))
    }
    self.progress(table, progress)
  }

  private func isFinished(_ record: CellRecord) -> Bool {
    record.isDecided || record.next >= batchCount
  }

  /// Brings the table up to date.
  private func refresh(_ state: inout State) {
    state.table.baselineImages = state.baseline.images
    state.table.baseline = state.baseline.accuracy
    for place in state.stale {
      let record = state.records[place]
      let index = work.cells[place].index
      var cell = state.table.cells[index]
      switch order {
      case .everything:
        record.total.report(in: &cell)
        cell.state = isFinished(record) ? .complete : record.next > 0 ? .partial : .free
      case .ordered(_, let estimate, _):
        if record.points.count == batchCount {
          record.total.report(in: &cell)
        } else {
          estimate.report(record, in: &cell)
        }
        cell.state =
          record.points.count == batchCount
          ? .complete : isFinished(record) ? .decided : record.points.isEmpty ? .free : .partial
      }
      cell.seconds = record.seconds
      state.table.cells[index] = cell
    }
    state.stale.removeAll()
  }

  private func unwrittenLines(_ state: inout State) -> [ScanJournal.Line] {
    var lines: [ScanJournal.Line] = []
    if state.baselineNext > state.baselineWritten {
      state.baselineWritten = state.baselineNext
      lines.append(
        .baseline(
          ScanJournal.Entry(batch: state.baselineNext - 1, tally: state.baseline, seconds: 0)))
    }
    for place in state.unwritten.sorted() {
      let record = state.records[place]
      let index = work.cells[place].index
      switch order {
      case .everything where record.next > 0:
        lines.append(
          .sum(
            cell: index,
            ScanJournal.Entry(
              batch: record.next - 1, tally: record.total, seconds: record.seconds)))
      case .everything: break
      case .ordered:
        for point in record.points[record.written...] {
          lines.append(
            .point(
              cell: index,
              ScanJournal.Entry(
                batch: point.batch, tally: point.tally,
                seconds: record.seconds / Double(record.points.count))))
        }
        state.records[place].written = record.points.count
      }
      if isFinished(record) {
        lines.append(
          .row(SensitivityReport.Row(state.table, cell: state.table.cells[index])))
      }
    }
    state.unwritten.removeAll()
    return lines
  }

  /// The work done, and all that is to be expected, where running a whole network on all images is 1.
  ///
  /// What a cell of an ordered scan will take is not known: as much as those that are finished took, or
  /// a quarter of the batches before there are any.
  private func amounts(_ state: State) -> (done: Double, expected: Double) {
    let finished = state.records.filter { isFinished($0) }
    let usual =
      finished.isEmpty
      ? batchCount / 4 : finished.reduce(0) { $0 + $1.points.count } / finished.count
    var (done, expected) = (0.0, 0.0)
    for (cell, record) in zip(work.cells, state.records) {
      let run: Int
      let all: Int
      switch order {
      case .everything: (run, all) = (record.next, batchCount)
      case .ordered:
        run = record.points.count
        all = isFinished(record) ? run : min(max(run + 1, usual), batchCount)
      }
      done += cell.cost * Double(run) / Double(max(batchCount, 1))
      expected += cell.cost * Double(all) / Double(max(batchCount, 1))
    }
    return (done, expected)
  }

  private func progress(_ state: State) -> ScanProgress {
    let (done, expected) = amounts(state)
    let here = done - state.workBefore
    return ScanProgress(
      phase: .measuring, fraction: expected > 0 ? min(done / expected, 1) : 1,
      finishedCells: state.records.filter { isFinished($0) }.count,
      cellCount: work.cells.count, images: state.images, seconds: elapsed,
      secondsLeft: here > 0 && elapsed > 0.2 ? elapsed * (expected - done) / here : nil)
  }
}
