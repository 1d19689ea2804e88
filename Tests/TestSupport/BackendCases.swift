import Foundation
import NetworkGraph
import Tensors

/// The collections of ONNX's backend node cases, and the check of a runner against all of them.
public enum BackendCases {
  /// Where cases may be: the installed collection, and the newer ones that
  /// `.ci/export-backend-cases.py` writes.
  public static let folders: [URL] = [
    URL(filePath: "/usr/share/libonnx-testdata/data/node"),
    SharedAssets.root.appending(path: ".judges-cases"),
  ]

  /// All cases that are there, by collection and name.
  public static let all: [BackendCase] = folders.flatMap(cases(in:))

  /// A collection of whole models that the `onnx` package holds: `light`, `pytorch-converted`,
  /// `pytorch-operator`; empty when it is not installed.
  public static func wholeModels(_ collection: String) -> [BackendCase] {
    folders.last.map { cases(in: $0.appending(path: collection)) } ?? []
  }

  private static func cases(in folder: URL) -> [BackendCase] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix("test_") }.sorted().map {
      BackendCase(folder: folder.appending(path: $0))
    }
  }

  /// Runs every case and compares what happens with a list of the cases out of scope.
  ///
  /// - Returns: A sentence for each case that fails without being listed and, when both collections
  ///   are there, for each listed one that agrees in both and each entry that fits no case; and how
  ///   many cases agreed.
  public static func check(
    _ cases: [BackendCase] = all, outOfScope list: OutOfScopeCases, run: BackendCase.Runner
  ) -> (problems: [String], agreeing: Int) {
    var problems: [String] = []
    var failing = Set<String>()
    var agreeing = 0
    for entry in cases {
      guard let failure = failure(of: entry, run: run) else {
        agreeing += 1
        continue
      }
      failing.insert(entry.name)
      if list.entry(for: entry.name) == nil { problems.append("\(entry): \(failure)") }
    }
    // Some entries concern one collection only, so that staleness is judged when all are there.
    let isComplete = folders.allSatisfy { folder in
      cases.contains { $0.folder.deletingLastPathComponent().path == folder.path }
    }
    guard isComplete else { return (problems, agreeing) }
    let names = Set(cases.map(\.name))
    for name in names.subtracting(failing).sorted() {
      guard let entry = list.entry(for: name) else { continue }
      problems.append("\(name) agrees, but the entry '\(entry)' puts it out of scope")
    }
    problems += list.entries(withoutCaseAmong: names).map { "no case fits the entry '\($0)'" }
    return (problems, agreeing)
  }

  private static func failure(of entry: BackendCase, run: BackendCase.Runner) -> String? {
    do {
      let differences = try entry.differences(run)
      return differences.isEmpty ? nil : differences.joined(separator: "; ")
    } catch {
      return "\(error)"
    }
  }
}
