/// The key table as text: for `weightbench keys` and the documentation.
public enum KeyReference {
  /// Plain text, one action a line under its heading.
  public static func text() -> String {
    let actions = WorkbenchAction.all
    let keyWidth = actions.map(\.keyText.count).max() ?? 0
    let nameWidth = actions.map { signature($0).count }.max() ?? 0
    var lines: [String] = []
    for section in ActionSection.allCases {
      if !lines.isEmpty { lines.append("") }
      lines.append(section.rawValue)
      for action in actions where action.section == section {
        lines.append(
          "  " + padded(action.keyText, keyWidth) + "  " + padded(signature(action), nameWidth)
            + "  " + action.summary)
      }
    }
    lines += [
      "",
      "Digits before a key are a count (10l) or an amount (65%). A colon opens the list of",
      "commands: any action by its name, with its argument behind it (:prune 65, :bits 4).",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A page of the documentation.
  public static func markdown() -> String {
    var lines = [
      "# Keys", "",
      "Written by `weightbench keys --markdown` from the table the program runs on.", "",
      "Left and right change the value, up and down change the layer; capitals do the same, bigger.",
      "Digits before a key are a count (`10l`) or an amount (`65%`). `:` runs any action by its name,",
      "with its argument behind it (`:prune 65`).", "",
      "Tables say where a key works when it is not the main view alone: sensitivity (`s`), board",
      "(`P`), or everywhere.",
    ]
    for section in ActionSection.allCases {
      let title = section.rawValue.prefix(1) + section.rawValue.dropFirst().lowercased()
      lines += [
        "", "## \(title)", "", "| Keys | Command | Does | Where |", "|---|---|---|---|",
      ]
      for action in WorkbenchAction.all where action.section == section {
        let keys = action.keys.map { "`\($0 == "%" ? "65%" : $0)`" }.joined(separator: " ")
        let names = ([signature(action)] + action.aliases).map { "`:\($0)`" }
          .joined(separator: " ")
        let summary = action.summary.replacing("|", with: "\\|")
        lines.append("| \(keys) | \(names) | \(summary) | \(places(action)) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The views an action's keys work in, where it is not the main one alone.
  private static func places(_ action: WorkbenchAction) -> String {
    if action.keys.isEmpty { return "" }
    if action.views == WorkbenchAction.everywhere { return "everywhere" }
    let names = [WorkbenchView.workbench: "main", .sensitivity: "sensitivity", .board: "board"]
    let places = WorkbenchView.allCases.filter { action.views.contains($0) }
    return places == [.workbench] ? "" : places.compactMap { names[$0] }.joined(separator: ", ")
  }

  /// The name with its argument.
  static func signature(_ action: WorkbenchAction) -> String {
    action.argument.isEmpty ? action.name : "\(action.name) \(action.argument)"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
