/// The keys held down with another.
public struct KeyModifiers: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt8

  /// Makes a set of its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Control, written `C-`.
  public static let control = KeyModifiers(rawValue: 1)
  /// Alt or meta, written `A-`.
  public static let alt = KeyModifiers(rawValue: 2)
  /// Shift, written `S-`; only with special keys, as letters tell it by their case.
  public static let shift = KeyModifiers(rawValue: 4)
}
