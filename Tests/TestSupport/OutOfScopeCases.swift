import Foundation

/// A list of backend cases that a runner does not have to pass, each with its reason.
///
/// One entry a line: a case name, or a prefix ending in `*`, then the reason. Lines that begin with
/// `#` are comments.
public struct OutOfScopeCases: Sendable {
  private var names = Set<String>()
  private var prefixes: [String] = []

  /// Reads a list.
  ///
  /// - Throws: ``Failure`` for an entry without a reason.
  public init(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2 else { throw Failure(line: String(line)) }
      if words[0].hasSuffix("*") {
        prefixes.append(String(words[0].dropLast()))
      } else {
        names.insert(String(words[0]))
      }
    }
  }

  /// The entry that a case is listed by; nil when it is in scope.
  public func entry(for name: String) -> String? {
    if names.contains(name) { return name }
    return prefixes.first { name.hasPrefix($0) }.map { "\($0)*" }
  }

  /// The entries that fit none of the given cases.
  public func entries(withoutCaseAmong cases: Set<String>) -> [String] {
    names.subtracting(cases).sorted()
      + prefixes.filter { prefix in !cases.contains { $0.hasPrefix(prefix) } }.map { "\($0)*" }
  }

  /// An entry that can't be read.
  public struct Failure: Error, CustomStringConvertible {
    /// The line.
    public let line: String
    /// What is wrong with it.
    public var description: String { "the entry '\(line)' has no reason" }
  }
}
