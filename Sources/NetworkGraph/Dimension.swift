/// The length of an axis as a model file declares it.
public enum Dimension: Sendable, Hashable, CustomStringConvertible {
  /// A fixed length.
  case fixed(Int)
  /// A named length, such as the batch `N`.
  case symbol(String)
  /// Not declared.
  case unknown

  /// The number, the name, or `?`.
  public var description: String {
    switch self {
    case .fixed(let length): "\(length)"
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}
