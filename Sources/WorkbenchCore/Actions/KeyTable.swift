import TerminalCells

/// Which key runs which action.
public struct KeyTable: Sendable {
  private let actionsByKey: [KeyPress: WorkbenchAction]
  private let actionsByName: [String: WorkbenchAction]
  /// Keys that are not keys, or are given to two actions, in words; empty for a good table.
  public let problems: [String]

  /// The table of `actions`.
  public init(_ actions: [WorkbenchAction] = WorkbenchAction.all) {
    var byKey: [KeyPress: WorkbenchAction] = [:]
    var byName: [String: WorkbenchAction] = [:]
    var problems: [String] = []
    for action in actions {
      for name in [action.name] + action.aliases {
        if let other = byName.updateValue(action, forKey: name) {
          problems.append("'\(name)' names \(other.name) and \(action.name)")
        }
      }
      for name in action.keys {
        guard let key = KeyPress(name: name) else {
          problems.append("\(action.name): '\(name)' is not a key")
          continue
        }
        if let other = byKey.updateValue(action, forKey: key) {
          problems.append("'\(name)' runs \(other.name) and \(action.name)")
        }
      }
    }
    actionsByKey = byKey
    actionsByName = byName
    self.problems = problems
  }

  /// The table of the built-in keys.
  public static let standard = KeyTable()

  /// The action of a key.
  public func action(for key: KeyPress) -> WorkbenchAction? { actionsByKey[key] }

  /// The action of a name or an alias.
  public func action(named name: String) -> WorkbenchAction? { actionsByName[name] }
}
