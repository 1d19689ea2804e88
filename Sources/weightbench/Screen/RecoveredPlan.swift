import Evaluation
import Foundation
import ModelCompression

/// Keeps a plan that was not saved when the program had to end.
enum RecoveredPlan {
  /// Writes the plan to the state folder and says in words where it is.
  static func save(_ plan: CompressionPlan) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyy-MM-dd-HHmmss"
    let folder = BundledFiles.state.appending(path: "recovered")
    let path = folder.appending(path: "plan-\(format.string(from: Date())).yaml").path
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try plan.write(to: path)
      return "weightbench: the unsaved plan was kept as \(path); open it with --plan"
    } catch {
      return "weightbench: the unsaved plan could not be kept: \(error)"
    }
  }
}
