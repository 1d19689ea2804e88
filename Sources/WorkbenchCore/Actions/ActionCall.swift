import TerminalCells

/// How an action was called: by key with a count, or by name with an argument.
public struct ActionCall: Sendable {
  /// The count typed before the key; nil for none.
  public var count: Int?
  /// The amount typed before the key, which may have decimals.
  public var amount: Double?
  /// What stood behind the name in a command; empty for none.
  public var argument: String
  /// The key; nil for a command.
  public var key: KeyPress?

  /// A call without count and argument, unless told otherwise.
  public init(
    count: Int? = nil, amount: Double? = nil, argument: String = "", key: KeyPress? = nil
  ) {
    self.count = count
    self.amount = amount
    self.argument = argument
    self.key = key
  }

  /// How often to repeat: the count, or 1.
  var times: Int { min(max(count ?? 1, 1), 10_000) }
}
