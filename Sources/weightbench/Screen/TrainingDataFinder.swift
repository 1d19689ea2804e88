import Foundation

/// Looks for the training data that belong to evaluation data: what is named alike, with `train`.
enum TrainingDataFinder {
  private static let endings = ["yaml", "yml", "npz"]

  /// The file in the same folder whose name says `train` and begins as the evaluation data's does: a
  /// description before an archive, and the longest common beginning first; nil when there is none.
  static func path(beside path: String) -> String? {
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent()
    let name = url.lastPathComponent
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      return nil
    }
    let found = names.filter { candidate in
      candidate.lowercased().contains("train") && candidate != name
        && endings.contains(URL(filePath: candidate).pathExtension)
        && candidate.commonPrefix(with: name).count >= 3
    }
    // Endings stand in the order of preference.
    func rank(_ candidate: String) -> (Int, Int, String) {
      (
        -candidate.commonPrefix(with: name).count,
        endings.firstIndex(of: URL(filePath: candidate).pathExtension) ?? endings.count, candidate
      )
    }
    let best = found.min { rank($0) < rank($1) }
    return best.map { candidate in
      let prefix = (path as NSString).deletingLastPathComponent
      return prefix.isEmpty ? candidate : "\(prefix)/\(candidate)"
    }
  }
}
