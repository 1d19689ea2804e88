import ArgumentParser
import Evaluation
import Foundation
import Synchronization
import Tensors

/// Measures each layer alone at a list of settings.
struct SensitivityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity",
    abstract: "Measure how much each layer can take: every layer at every setting of a list.",
    discussion: """
      Prints a table of the change of accuracy in points. With --csv or --journal every result is \
      noted as it comes in; a scan that was stopped goes on with --resume.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var scan: ScanOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var memory: MemoryOptions
  @Option(help: "Write the table to this CSV file.", completion: .file()) var csv: String?
  @Option(
    help: "Note results here as they come in (default: beside the CSV file).",
    completion: .file())
  var journal: String?
  @Flag(help: "Go on with the journal of a scan that was stopped.") var resume = false
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(
    help: ArgumentHelp(
      "Predict each cell by the Fisher information, beside what is measured.",
      discussion: """
        One pass forwards and backwards over the calibration samples scores every layer at every \
        setting: half the sum of E[g^2] x (change of the weight)^2, in nats of the loss. Labels are \
        those of the data, or the network's own first class.
        """))
  var fisher = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if fisher, scan.direction != .alone {
      throw ValidationError("--fisher predicts layers alone: leave out --direction all-but.")
    }
    if resume, journal == nil, csv == nil {
      throw ValidationError("--resume needs the --journal, or the --csv file beside it.")
    }
  }

  func run() async throws {
    let start = ContinuousClock.now
    let opened = try model.open()
    let scan = try scan.scan(opened, precision: precision.precision ?? .exact)
    let samples = try data.openRequired()
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count,
      seed: data.seed, memoryBudget: memory.memory?.bytes,
      calibration: try calibration.samples(data: samples))
    let notes = try openJournal()
    let line = ProgressLine(progress)
    let known = Mutex<SensitivityTable?>(nil)
    func report(_ table: SensitivityTable) -> SensitivityReport {
      let parts = (ContinuousClock.now - start).components
      return SensitivityReport(
        table, shard: scan.shard,
        seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    do {
      let table = try await Interruption.cancelling {
        try await SensitivityScanner(engine: engine).run(scan, journal: notes) { table, state in
          known.withLock { $0 = table }
          line.show(state.fraction, Self.describe(state))
        }
      }
      line.clear()
      var found = report(table)
      if fisher { found.add(try FisherScores.of(table, engine: engine)) }
      try write(found)
      // The CSV holds everything now.
      if journal == nil, let notes { try? FileManager.default.removeItem(atPath: notes.path) }
    } catch is CancellationError {
      line.clear()
      if let table = known.withLock({ $0 }) { try write(report(table)) }
      Output.note(
        notes.map { "weightbench: stopped; go on with --resume (journal \($0.path))" }
          ?? "weightbench: stopped")
      throw CancellationError()
    }
  }

  /// The journal to keep; nil for none.
  private func openJournal() throws -> ScanJournal? {
    guard let path = journal ?? csv.map({ $0 + ".journal" }) else { return nil }
    return try ScanJournal(path: path, resumes: resume)
  }

  private func write(_ report: SensitivityReport) throws {
    if let csv { try Output.write(report.csv, to: csv) }
    if json {
      Output.json(report)
    } else {
      print(SensitivityText(report).text)
    }
  }

  private static func describe(_ progress: ScanProgress) -> String {
    guard progress.phase == .measuring else { return "weighing the weights" }
    let left = progress.secondsLeft.map { ", \(Output.duration($0)) left" } ?? ""
    return "\(progress.finishedCells) of \(progress.cellCount) cells" + left
  }
}
