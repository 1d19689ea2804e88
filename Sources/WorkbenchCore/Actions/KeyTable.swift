import TerminalCells

/// Which key runs which action in which view.
public struct KeyTable: Sendable {
  private let actionsByKey: [WorkbenchView: [KeyPress: WorkbenchAction]]
  private let actionsByName: [String: WorkbenchAction]
  /// Keys that are not keys, or are given to two actions of a view, in words; empty for a good table.
  public let problems: [String]

  /// The table of `actions`.
  public init(_ actions: [WorkbenchAction] = WorkbenchAction.all) {
    var byKey: [WorkbenchView: [KeyPress: WorkbenchAction]] = [:]
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
        for view in action.views {
          if let other = byKey[view, default: [:]].updateValue(action, forKey: key) {
            problems.append(
              "'\(name)' runs \(other.name) and \(action.name) in \(view.rawValue)")
          }
        }
      }
    }
    actionsByKey = byKey
    actionsByName = byName
    self.problems = problems
  }

  /// The table of the built-in keys.
  public static let standard = KeyTable()

  /// The action of a key in a view.
  public func action(
    for key: KeyPress, in view: WorkbenchView = .workbench
  ) -> WorkbenchAction? { actionsByKey[view]?[key] }

  /// The action of a name or an alias.
  public func action(named name: String) -> WorkbenchAction? { actionsByName[name] }
}
