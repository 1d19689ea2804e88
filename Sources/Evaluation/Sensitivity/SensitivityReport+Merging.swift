import Foundation
import Tensors

extension SensitivityReport {
  /// Reads what `sensitivity --json` printed, or a scan's journal.
  ///
  /// - Throws: ``EngineError`` when the file is neither.
  public static func read(path: String) throws(EngineError) -> SensitivityReport {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw EngineError(
        .missingFile, path: path, problem: "can't be read", remedy: "Check the path")
    }
    if let report = try? JSONDecoder().decode(SensitivityReport.self, from: bytes) {
      return report
    }
    let content: ScanJournal.Content
    do {
      content = try ScanJournal.read(path).0
    } catch {
      throw EngineError(
        .malformedFile, path: path,
        problem: "is neither the JSON nor the journal of a sensitivity scan",
        remedy: "Give files that `weightbench sensitivity` wrote with --json or --journal")
    }
    guard var report = content.frame else {
      throw EngineError(
        .malformedFile, path: path, problem: "is an empty journal",
        remedy: "Give the journal of a scan that was started")
    }
    if let baseline = content.baselineReport { report.baseline = baseline }
    var finished: [String: Row] = [:]
    for row in content.rows { finished[Self.key(row)] = row }
    report.rows = report.rows.map { finished[Self.key($0)] ?? $0 }
    report.complete = report.rows.allSatisfy(\.isFinished)
    report.seconds = report.rows.reduce(0) { $0 + $1.seconds }
    return report
  }

  /// Puts the parts of a scan together: the report of the whole scan, rows in its order.
  ///
  /// - Throws: ``EngineError`` when the parts belong to different scans, differ in a row that several
  ///   have, or leave rows open.
  public static func merged(
    _ parts: [(path: String, report: SensitivityReport)]
  ) throws(EngineError) -> SensitivityReport {
    guard let first = parts.first else {
      throw EngineError(
        .invalidArgument, problem: "there is nothing to merge", remedy: "Give the parts' files")
    }
    var rows: [String: Row] = [:]
    for (path, report) in parts {
      try checkSameScan(first, (path, report))
      for row in report.rows where row.isFinished {
        if var known = rows[Self.key(row)] {
          known.seconds = row.seconds
          guard known == row else {
            throw EngineError(
              .invalidData, path: path,
              problem: "differs from another part in layer '\(row.layer)' at \(row.setting)",
              remedy: "Measure the parts with the same program on the same kind of machine")
          }
        }
        rows[Self.key(row)] = row
      }
    }
    var whole = first.report
    whole.scan = whole.scan?.whole
    whole.baseline = parts.lazy.compactMap { $0.report.baseline }.first
    whole.seconds = parts.reduce(0) { $0 + $1.report.seconds }
    var missing: [String] = []
    whole.rows = whole.layers.flatMap { layer in
      whole.settings.compactMap { setting -> Row? in
        let row = rows["\(layer.name)\t\(setting)"]
        if row == nil { missing.append("'\(layer.name)' at \(setting)") }
        return row
      }
    }
    guard missing.isEmpty else {
      throw EngineError(
        .invalidData, subject: "merge",
        problem: "\(missing.count) of \(whole.layers.count * whole.settings.count) cells are "
          + "missing, first \(missing[0])",
        remedy: "Give the files of all shards; go on with unfinished ones with --resume")
    }
    whole.complete = true
    return whole
  }

  private static func checkSameScan(
    _ first: (path: String, report: SensitivityReport),
    _ other: (path: String, report: SensitivityReport)
  ) throws(EngineError) {
    let difference: String?
    if let own = first.report.scan?.whole, let others = other.report.scan?.whole {
      difference = own.difference(from: others)
    } else {
      difference = "no word on what was scanned"
    }
    guard let difference else { return }
    throw EngineError(
      .invalidData, path: other.path,
      problem: "is part of a scan with \(difference), unlike \(first.path)",
      remedy: "Merge the shards of one scan")
  }

  private static func key(_ row: Row) -> String { "\(row.layer)\t\(row.setting)" }
}

extension SensitivityReport.Row {
  /// Whether the cell is measured to its end.
  var isFinished: Bool {
    state == SensitivityCell.State.complete.rawValue
      || state == SensitivityCell.State.decided.rawValue
  }
}

extension ScanJournal.Content {
  /// The original network as far as the journal knows it.
  fileprivate var baselineReport: SensitivityReport.Baseline? {
    baseline?.tally.accuracy.map {
      SensitivityReport.Baseline(
        correct: $0.correct, top1: $0.top1, top5: $0.top5,
        loss: SensitivityReport.finite($0.loss))
    }
  }
}
