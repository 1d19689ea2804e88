/// What an export wrote, and what was proven of it.
public struct ExportResult: Sendable, Hashable {
  /// The files written, with their bytes.
  public var files: [(path: String, bytes: Int)] {
    zip(paths, byteCounts).map { (path: $0, bytes: $1) }
  }
  private var paths: [String]
  private var byteCounts: [Int]
  /// What was checked after writing, such as `verified: 1000 of 1000 predictions equal`; empty when
  /// nothing was.
  public var verification: String

  /// Makes a result.
  public init(files: [(path: String, bytes: Int)], verification: String) {
    paths = files.map(\.path)
    byteCounts = files.map(\.bytes)
    self.verification = verification
  }
}
