import Foundation

extension Theme {
  /// The largest theme file read, in bytes; published ones have about one thousand.
  public static let largestFile = 1 << 20

  /// Reads a theme from YAML text; the path is for messages.
  public init(yaml: String, path: String? = nil) throws(ThemeError) {
    var reader = ThemeReader(path: path)
    self = try reader.read(yaml)
  }

  /// Reads a theme file.
  public init(path: String) throws(ThemeError) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ThemeError(
        path: path, problem: "the file can't be opened",
        remedy: "Check the name and the permissions")
    }
    let data: Data
    do {
      data = try handle.read(upToCount: Theme.largestFile + 1) ?? Data()
    } catch {
      throw ThemeError(
        path: path, problem: "the file can't be read", remedy: "Check that it is a file")
    }
    guard data.count <= Theme.largestFile else {
      throw ThemeError(
        path: path, problem: "the file is larger than \(Theme.largestFile) bytes",
        remedy: "A theme has about one thousand")
    }
    guard let yaml = String(data: data, encoding: .utf8) else {
      throw ThemeError(
        path: path, problem: "the file is not UTF-8 text", remedy: "Save it as UTF-8")
    }
    try self.init(yaml: yaml, path: path)
  }
}
