import Evaluation
import Foundation

/// The journals of this run's sensitivity scans: one for each kind of scan, in a folder of their own.
struct ScanJournals: Sendable {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "weightbench-\(ProcessInfo.processInfo.processIdentifier)")

  /// The journal of a scan; nil when none can be kept, and then the scan starts anew each time.
  func journal(for scan: SensitivityScan) -> ScanJournal? {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = scan.stopsEarly ? "early.journal" : "full.journal"
    return try? ScanJournal(path: folder.appending(path: name).path, resumes: true)
  }

  /// Removes them.
  func remove() { try? FileManager.default.removeItem(at: folder) }
}
