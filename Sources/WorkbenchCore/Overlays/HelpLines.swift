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
        guard action.section == section, !action.keys.isEmpty || !words.isEmpty else {
          return false
        }
        let haystack =
          "\(action.name) \(action.keyText) \(action.summary) \(section.rawValue)".lowercased()
        return words.allSatisfy { haystack.contains($0) }
      }.map { action in
        Entry(
          keys: action.keyText, name: action.name, text: action.summary,
          reason: action.disabledReason(in: state))
      }
      return entries.isEmpty ? nil : (section.rawValue, entries)
    }
  }

  /// All lines, for scrolling.
  static func lines(for state: WorkbenchState, filter: String) -> [Line] {
    sections(for: state, filter: filter).flatMap { section in
      [.heading(section.title)] + section.entries.map { .entry($0) }
    }
  }

  private static func order(for state: WorkbenchState) -> [ActionSection] {
    switch state.focus {
    case .layers: [.edit, .move, .views, .run, .files]
    case .inspector, .pareto: [.views, .edit, .move, .run, .files]
    case .preview: [.run, .edit, .views, .files, .move]
    case .messages: [.move, .views, .files, .run, .edit]
    }
  }
}
