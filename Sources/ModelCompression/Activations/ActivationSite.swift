/// A place in a graph where activations are rounded to codes.
public struct ActivationSite: Sendable, Hashable {
  /// The value that is rounded.
  public let value: String
  /// How it is stored.
  public let setting: ActivationQuantization
  /// The value whose range decides: ``value`` itself, or, behind nodes that only move numbers about
  /// (`MaxPool`, `Flatten`, `Slice` ...), the value in front of them, so that codes pass unchanged.
  public let source: String
  /// Positions of the nodes that read the rounded value; nil when all do.
  public let readers: [Int]?

  /// Makes a site.
  public init(
    value: String, setting: ActivationQuantization, source: String, readers: [Int]? = nil
  ) {
    self.value = value
    self.setting = setting
    self.source = source
    self.readers = readers
  }
}
