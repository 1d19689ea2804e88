import Evaluation
import Foundation
import ModelCompression
import Synchronization
import Tensors
import TestSupport
import Testing

/// Scans that are interrupted, shared out and put together again.
@Suite struct ScanJournalTests {
  private let scan = SensitivityScan(
    settings: SensitivityScan.settings(amounts: [0.7], bits: [4, 2]))

  /// Runs a scan and cancels it once some images were run.
  private func interrupted(
    _ scan: SensitivityScan, after images: Int, journal: ScanJournal, limit: Int
  ) async throws -> SensitivityTable {
    let engine = try ScanFixture.engine(limit: limit)
    let last = Mutex<SensitivityTable?>(nil)
    let box = Mutex<Task<SensitivityTable, any Error>?>(nil)
    let task = Task {
      try await SensitivityScanner(engine: engine).run(scan, journal: journal) { table, state in
        last.withLock { $0 = table }
        if state.images >= images { box.withLock { $0?.cancel() } }
      }
    }
    box.withLock { $0 = task }
    await #expect(throws: CancellationError.self) { try await task.value }
    return try #require(last.withLock { $0 })
  }

  @Test(arguments: [(EvaluationPrecision.exact, false), (.settled, false), (.exact, true)])
  func anInterruptedScanGoesOn(precision: EvaluationPrecision, stopsEarly: Bool) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scan.journal")
    var scan = scan
    scan.precision = precision
    scan.stopsEarly = stopsEarly
    let limit = 1000
    let whole = try await ScanFixture.scan(scan, try ScanFixture.engine(limit: limit))
    let partial = try await interrupted(
      scan, after: 500, journal: try ScanJournal(path: path, resumes: false), limit: limit)
    #expect(!partial.isComplete)
    #expect(partial.cells.contains { $0.images > 0 })
    let ran = Mutex(0)
    let resumed = try await SensitivityScanner(engine: try ScanFixture.engine(limit: limit)).run(
      scan, journal: try ScanJournal(path: path, resumes: true)
    ) { _, state in ran.withLock { $0 = state.images } }
    #expect(ScanFixture.timeless(resumed) == ScanFixture.timeless(whole))
    let known = partial.cells.reduce(0) { $0 + $1.images }
    let all = whole.cells.reduce(0) { $0 + $1.images }
    #expect(ran.withLock { $0 } <= all - known)
    // The journal by itself holds the whole table now.
    let report = try SensitivityReport.merged([(path, try SensitivityReport.read(path: path))])
    #expect(report.rows.count == whole.cells.count)
    #expect(
      ScanFixture.timeless(report)
        == ScanFixture.timeless(SensitivityReport(whole, shard: nil, seconds: 0)))
  }

  @Test func aTornLastLineIsLeftOut() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scan.journal")
    let whole = try await ScanFixture.scan(
      scan, try ScanFixture.engine(), journal: try ScanJournal(path: path, resumes: false))
    let bytes = try Data(contentsOf: URL(filePath: path))
    // Cut in the middle of a line, at several places.
    for cut in [bytes.count - 1, bytes.count - 40, bytes.count * 2 / 3] {
      try bytes.prefix(cut).write(to: URL(filePath: path))
      let again = try await ScanFixture.scan(
        scan, try ScanFixture.engine(), journal: try ScanJournal(path: path, resumes: true))
      #expect(ScanFixture.timeless(again) == ScanFixture.timeless(whole), "cut at \(cut)")
    }
  }

  @Test func damagedAndForeignJournalsAreRefused() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scan.journal")
    _ = try await ScanFixture.scan(
      scan, try ScanFixture.engine(), journal: try ScanJournal(path: path, resumes: false))
    #expect(throws: EngineError.self) { _ = try ScanJournal(path: path, resumes: false) }
    func refusal(_ scan: SensitivityScan, _ engine: PreviewEngine) async -> String {
      do {
        _ = try await ScanFixture.scan(
          scan, engine, journal: try ScanJournal(path: path, resumes: true))
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    var other = scan
    other.settings = SensitivityScan.settings(amounts: [0.6], bits: [4, 2])
    #expect(await refusal(other, try ScanFixture.engine()).contains("prune=0.7"))
    other = scan
    other.stopsEarly = true
    #expect(await refusal(other, try ScanFixture.engine()).contains("--early-stop"))
    #expect(await refusal(scan, try ScanFixture.engine(limit: 90)).contains("100 images"))
    var bytes = try Data(contentsOf: URL(filePath: path))
    let middle = try #require(bytes.firstIndex(of: 0x0A)) + 5
    bytes[middle] = 0x21
    try bytes.write(to: URL(filePath: path))
    #expect(await refusal(scan, try ScanFixture.engine()).contains("byte"))
    try Data("hello\n".utf8).write(to: URL(filePath: path))
    #expect(await refusal(scan, try ScanFixture.engine()).contains("journal"))
  }

  @Test(arguments: [false, true])
  func shardsMakeTheWholeTable(stopsEarly: Bool) async throws {
    var scan = scan
    scan.stopsEarly = stopsEarly
    let whole = try await ScanFixture.scan(scan, try ScanFixture.engine())
    var parts: [(path: String, report: SensitivityReport)] = []
    for index in 0..<4 {
      scan.shard = SensitivityScan.Shard(index: index, count: 4)
      let table = try await ScanFixture.scan(scan, try ScanFixture.engine())
      #expect(table.cells.filter { $0.isFinished }.count <= table.cells.count / 4 + 1)
      parts.append(("part \(index)", SensitivityReport(table, shard: scan.shard, seconds: 1)))
    }
    let merged = try SensitivityReport.merged(parts)
    let expected = SensitivityReport(whole, shard: nil, seconds: 0)
    #expect(ScanFixture.timeless(merged) == ScanFixture.timeless(expected))
    #expect(merged.csv.split(separator: "\n").count == whole.cells.count + 1)
    #expect(throws: EngineError.self) {
      _ = try SensitivityReport.merged(Array(parts.dropLast()))
    }
    scan.shard = nil
    scan.settings = SensitivityScan.settings(amounts: [], bits: [4])
    let other = try await ScanFixture.scan(scan, try ScanFixture.engine())
    #expect(throws: EngineError.self) {
      _ = try SensitivityReport.merged(
        parts + [("other", SensitivityReport(other, shard: nil, seconds: 0))])
    }
  }
}
