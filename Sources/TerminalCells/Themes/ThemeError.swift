/// What is wrong with a theme file, where, and what to do about it.
public struct ThemeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, where there is one.
  public var path: String?
  /// The line, from 1.
  public var line: Int?
  /// The column, from 1.
  public var column: Int?
  /// What is wrong, with the value seen.
  public var problem: String
  /// What to do about it.
  public var remedy: String?

  /// Makes an error.
  public init(
    path: String? = nil, line: Int? = nil, column: Int? = nil, problem: String,
    remedy: String? = nil
  ) {
    self.path = path
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }

  /// The whole text: `file:line:column: problem. Remedy`.
  public var description: String {
    let place = [path ?? "theme", line.map(String.init), column.map(String.init)]
    let start = place.compactMap { $0 }.joined(separator: ":")
    return "\(start): \(problem)" + (remedy.map { ". \($0)" } ?? "")
  }
}
