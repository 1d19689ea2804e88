import Foundation
import TestSupport

/// What `Tests/Judges/tasks.py` made: models, data, and figures by others.
struct TaskJudge: Sendable {
  /// Whether Python has all it needs.
  static let isAvailable: Bool =
    JudgePython.isAvailable
    && (try? JudgePython.run("import sklearn, scipy, onnxruntime")) != nil

  /// Made once for all tests.
  static let shared = Result { try TaskJudge() }

  private let folder: TemporaryFolder
  /// For each network its figures as it is, and those with three-bit weights.
  let figures: [String: [[Double]]]
  /// Two paired rows of numbers.
  let first: [Double]
  let second: [Double]
  /// The 95 % interval of the mean of their difference.
  let low: Double
  let high: Double

  private init() throws {
    folder = try TemporaryFolder()
    let output = try JudgePython.run(file: "tasks.py", arguments: [folder.url.path])
    let decoded = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    var object = decoded ?? [:]
    let bootstrap = object.removeValue(forKey: "bootstrap") as? [String: Any] ?? [:]
    figures = object.compactMapValues { $0 as? [[Double]] }
    first = bootstrap["first"] as? [Double] ?? []
    second = bootstrap["second"] as? [Double] ?? []
    low = bootstrap["low"] as? Double ?? .nan
    high = bootstrap["high"] as? Double ?? .nan
  }

  /// The path of a file that was made.
  func path(_ name: String) -> String { folder.path(name) }
}
