/// The panel of sizes while it is open.
public struct SizesState: Sendable {
  /// The first line shown.
  public var scroll = 0

  /// A panel at its first line.
  public init() {}
}
