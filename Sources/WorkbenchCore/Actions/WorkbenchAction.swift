import TerminalCells

/// Something the user can do: one record for its keys, its command, its line in help and the reason
/// why it is off.
public struct WorkbenchAction: Sendable, Identifiable {
  /// The name in commands and configuration.
  public let name: String
  /// Other names accepted in commands.
  public let aliases: [String]
  /// The keys, the usual one first; empty when it is a command only.
  public let keys: [String]
  /// The argument in commands, such as `PERCENT`; empty for none.
  public let argument: String
  /// What it does, in one line.
  public let summary: String
  /// The heading in help.
  public let section: ActionSection
  /// The views its keys work in.
  public let views: Set<WorkbenchView>
  /// Why it can't be used now; nil when it can.
  let obstacle: @Sendable (WorkbenchState) -> String?
  /// Does it.
  let run: @Sendable (inout WorkbenchState, ActionCall) -> [Effect]

  /// The name: unique.
  public var id: String { name }

  init(
    _ name: String, aliases: [String] = [], keys: [String] = [], argument: String = "",
    _ summary: String, _ section: ActionSection, in views: Set<WorkbenchView> = [.workbench],
    obstacle: @escaping @Sendable (WorkbenchState) -> String? = { _ in nil },
    run: @escaping @Sendable (inout WorkbenchState, ActionCall) -> [Effect]
  ) {
    self.name = name
    self.aliases = aliases
    self.keys = keys
    self.argument = argument
    self.summary = summary
    self.section = section
    self.views = views
    self.obstacle = obstacle
    self.run = run
  }

  /// Why the action can't be used now; nil when it can.
  public func disabledReason(in state: WorkbenchState) -> String? { obstacle(state) }

  /// Its keys as help and hints write them, such as `j Down`.
  public var keyText: String {
    // The key before `%` is a number, so it is written as the pattern that is typed.
    keys.map { $0 == "%" ? "65%" : $0 }.joined(separator: " ")
  }

  /// Every view, for actions whose keys mean the same everywhere.
  static let everywhere = Set(WorkbenchView.allCases)

  /// Every action, in the order of help.
  public static let all: [WorkbenchAction] =
    moves + edits + views + sensitivity + board + files + runs
}
