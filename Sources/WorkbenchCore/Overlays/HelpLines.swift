/// The lines of the help overlay: sections of the current context first, then the others.
enum HelpLines {
  /// An action as help shows it.
  struct Entry {
    var keys: String
    var name: String
    var text: String
    /// Why it is off; nil when it is on.
    var reason: String?
  }

  /// A line: a heading or an action.
  enum Line {
    case heading(String)
    case entry(Entry)
  }

  /// The sections in the order that suits the focused pane, with what the filter lets through.
  static func sections(
    for state: WorkbenchState, filter: String
  ) -> [(title: String, entries: [Entry])] {
    let words = filter.lowercased().split(separator: " ")
    return order(for: state).compactMap { section in
      let entries = WorkbenchAction.all.filter { action in
        guard action.section == section else { return false }
        // Without a filter only what the keys of this view do.
        if words.isEmpty { return !action.keys.isEmpty && action.views.contains(state.view) }
        let haystack =
          "\(action.name) \(action.keyText) \(action.summary) \(section.rawValue)".lowercased()
        return words.allSatisfy { haystack.contains($0) }
      }.map { action in
        Entry(
          keys: action.keyText, name: action.name, text: action.summary,
          reason: reason(action, state))
      }
      return entries.isEmpty ? nil : (section.rawValue, entries)
    }
  }

  /// Why an action's keys do nothing now; nil when they do.
  private static func reason(_ action: WorkbenchAction, _ state: WorkbenchState) -> String? {
    guard action.views.contains(state.view) else {
      return WorkbenchView.allCases.first { action.views.contains($0) }?.wayIn
    }
    return action.disabledReason(in: state)
  }

  /// All lines, for scrolling.
  static func lines(for state: WorkbenchState, filter: String) -> [Line] {
    sections(for: state, filter: filter).flatMap { section in
      [.heading(section.title)] + section.entries.map { .entry($0) }
    }
  }

  private static func order(for state: WorkbenchState) -> [ActionSection] {
    let others: [ActionSection] = [.sensitivity, .board]
    switch (state.view, state.focus) {
    case (.sensitivity, _): return [.sensitivity, .move, .edit, .run, .views, .files, .board]
    case (.board, _): return [.board, .move, .edit, .run, .views, .files, .sensitivity]
    case (.workbench, .layers): return [.edit, .move, .views, .run, .files] + others
    case (.workbench, .inspector), (.workbench, .pareto):
      return [.views, .edit, .move, .run, .files] + others
    case (.workbench, .preview): return [.run, .edit, .views, .files, .move] + others
    case (.workbench, .messages): return [.move, .views, .files, .run, .edit] + others
    }
  }
}
