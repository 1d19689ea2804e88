import NetworkGraph
import Tensors

/// Which layers a key of a plan's `layers` means: an exact name, `re:<regex>` or `type:<op>`.
///
/// A regular expression has to match the whole name.
public enum PlanSelector: Sendable, Hashable {
  /// The layer of this name.
  case exact(String)
  /// The layers whose whole name matches the expression.
  case expression(String)
  /// The layers of this operator.
  case type(String)

  /// Reads a key; every key is valid, but an expression may prove wrong in ``matcher()``.
  public init(_ key: String) {
    if key.hasPrefix("re:") {
      self = .expression(String(key.dropFirst(3)))
    } else if key.hasPrefix("type:") {
      self = .type(String(key.dropFirst(5)))
    } else {
      self = .exact(key)
    }
  }

  /// Rank by specificity: 0 for exact names, 1 for expressions, 2 for types.
  var rank: Int {
    switch self {
    case .exact: 0
    case .expression: 1
    case .type: 2
    }
  }

  /// The test for a layer.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` for an expression that is not one.
  func matcher() throws(EngineError) -> (CompressibleLayer) -> Bool {
    switch self {
    case .exact(let name): return { $0.name == name }
    case .type(let op): return { $0.op == op }
    case .expression(let text):
      let regex: Regex<AnyRegexOutput>
      do {
        regex = try Regex(text)
      } catch {
        throw EngineError(
          .invalidPlan, subject: "rule 're:\(text)'",
          problem: "is not a regular expression: \(error)",
          remedy: "Correct the expression after 're:'")
      }
      return { ((try? regex.wholeMatch(in: $0.name)) ?? nil) != nil }
    }
  }
}
