/// One way to store a model's weights, with its exact bytes.
public struct StorageRow: Sendable, Hashable {
  /// What the bytes are of.
  public enum Group: String, Sendable, Hashable {
    /// The weights of the compressible layers alone, with the scales that they need.
    case weights
    /// A whole file, or files, of an export format.
    case file
  }

  /// A short name: `bitmask`, or an export format's.
  public let name: String
  /// Exact bytes.
  public let bytes: Int
  /// What is counted and what is not, in a few words.
  public let remark: String
  /// What the bytes are of.
  public let group: Group
}
