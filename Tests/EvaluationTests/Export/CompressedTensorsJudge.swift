import Foundation
import TestSupport

/// The compressed-tensors package, where `.ci/install-judges` put it.
enum CompressedTensorsJudge {
  /// The folder of the last version with the sparse forms (they are gone after 0.14).
  static let sparsePackage =
    SharedAssets.root.appending(path: ".judges/compressed-tensors-sparse").path

  /// Whether the current version is there.
  static let isInstalled: Bool = {
    guard JudgePython.isAvailable else { return false }
    let script = "import importlib.util as u; print(u.find_spec('compressed_tensors'))"
    return (try? JudgePython.run(script))?.contains("compressed_tensors") == true
  }()

  /// Whether the version with the sparse forms is there.
  static let hasSparse = isInstalled && FileManager.default.fileExists(atPath: sparsePackage)
}
