import Tensors

/// What is known of a graph's values for every length of its open axes.
///
/// Shapes are given for two choices of the open lengths (batch, sequence, picture size): an axis is
/// open where they differ. Shape inference lives above this module and fills the value in.
public struct KnownShapes: Sendable {
  /// The shape of each value for the first choice; values of unknown shape are missing.
  public var lengths: [String: [Int]]
  /// The shape of each value for the second choice.
  public var others: [String: [Int]]
  /// Values that depend on constants only and are equal for both choices.
  public var constants: [String: Tensor]

  /// Collects what is known.
  public init(
    lengths: [String: [Int]], others: [String: [Int]], constants: [String: Tensor]
  ) {
    self.lengths = lengths
    self.others = others
    self.constants = constants
  }

  /// Whether the length of this axis depends on the inputs.
  func isOpen(_ name: String, axis: Int) -> Bool {
    guard let one = lengths[name], let other = others[name], one.count == other.count else {
      return true
    }
    return one[axis] != other[axis]
  }
}
