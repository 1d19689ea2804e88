import Foundation
import ModelCompression
import ModelFormats
import Tensors

/// The unsaved plan of a model's last session, kept in the state folder until it is saved.
///
/// One plan file for each model, named after a hash of the model's path.
struct SessionFile {
  private let folder = BundledFiles.state.appending(path: "sessions")
  private let file: URL

  /// - Parameter model: The path of the model.
  init(model: String) {
    let full = URL(filePath: model).standardizedFileURL.path
    file = folder.appending(path: "\(SHA256.hex(of: Array(full.utf8)).prefix(24)).plan.yaml")
  }

  /// The plan, and how many seconds ago it was written; nil when there is none that can be read.
  func read() -> (plan: CompressionPlan, age: Double)? {
    guard let values = try? file.resourceValues(forKeys: [.contentModificationDateKey]),
      let date = values.contentModificationDate,
      let plan = try? CompressionPlan.read(path: file.path)
    else { return nil }
    return (plan, max(0, Date().timeIntervalSince(date)))
  }

  /// Writes the plan; nil removes the file.
  ///
  /// A session that can't be kept is no reason to stop: errors are passed over.
  func write(_ plan: CompressionPlan?) {
    guard let plan else {
      try? FileManager.default.removeItem(at: file)
      return
    }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = try? plan.write(to: file.path)
  }
}
