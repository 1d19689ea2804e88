/// What the boxes found in one image are worth at each threshold and in each range of areas: all that mean
/// average precision needs of them.
public struct ImageMatches: Sendable, Hashable {
  /// One found box.
  public struct Match: Sendable, Hashable {
    /// The box's class.
    public var classIndex: Int
    /// The box's score.
    public var score: Double
    /// Whether the box found a ground truth: bit `10 area + threshold`, areas all, small, medium, large.
    public var matched: UInt64 = 0
    /// Whether it counts neither way: the same bits.
    public var ignored: UInt64 = 0
    /// What it is to Pascal VOC.
    public var voc: VOCVerdict = .wrong
  }

  /// What a found box is to Pascal VOC.
  public enum VOCVerdict: Int, Sendable {
    /// A false positive.
    case wrong
    /// A true positive.
    case right
    /// It found a difficult object, and counts neither way.
    case ignored
  }

  /// The found boxes class by class, each by falling score.
  public var matches: [Match]
}
