import Foundation

/// Where the real models and data for tests lie, when they are there.
public enum SharedAssets {
  /// The repository's root.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// `../shared/assets` beside the repository; nil when absent, and tests that need it skip.
  public static let folder: URL? = {
    let url = root.deletingLastPathComponent().appending(path: "shared/assets")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  /// The path of an asset; nil when the folder or the file is absent.
  public static func path(_ relative: String) -> String? {
    guard let path = folder?.appending(path: relative).path,
      FileManager.default.fileExists(atPath: path)
    else { return nil }
    return path
  }
}
