/// Commands as they are typed behind the colon: which actions they may mean.
enum CommandLine {
  /// An action that what is typed may mean.
  struct Match {
    var action: WorkbenchAction
    /// Places of the typed letters in the action's name.
    var places: [Int]
    /// How well it fits; higher is better.
    var score: Int
  }

  /// The first word, and the rest without the spaces between.
  static func split(_ text: String) -> (word: String, argument: String) {
    let trimmed = text.drop { $0 == " " || $0 == ":" }
    guard let space = trimmed.firstIndex(of: " ") else { return (String(trimmed), "") }
    var argument = trimmed[space...].drop { $0 == " " }
    while argument.last == " " { argument.removeLast() }
    return (String(trimmed[..<space]), String(argument))
  }

  /// The actions whose name, alias or summary fits the first word, best first.
  static func matches(_ text: String) -> [Match] {
    let word = split(text).word.lowercased()
    let actions = WorkbenchAction.all.filter { $0.name != "palette" }
    guard !word.isEmpty else { return actions.map { Match(action: $0, places: [], score: 0) } }
    var result: [Match] = []
    for action in actions {
      if action.name == word || action.aliases.contains(word) {
        result.append(
          Match(action: action, places: Array(0..<min(word.count, action.name.count)), score: 1000))
      } else if let (places, score) = fuzzy(word, in: action.name) {
        result.append(Match(action: action, places: places, score: 100 + score))
      } else if action.summary.lowercased().contains(word) {
        result.append(Match(action: action, places: [], score: 1))
      }
    }
    let ordered = result.enumerated().sorted {
      ($0.element.score, $1.offset) > ($1.element.score, $0.offset)
    }
    return ordered.map(\.element)
  }

  /// Finds the letters of `word` in `name` in their order.
  ///
  /// Letters side by side and letters that begin a word count more; a match at the start most.
  static func fuzzy(_ word: String, in name: String) -> (places: [Int], score: Int)? {
    let letters = Array(name)
    var places: [Int] = []
    var score = 0
    var from = 0
    for wanted in word {
      guard let place = letters[from...].firstIndex(of: wanted) else { return nil }
      if place == 0 { score += 10 }
      if place > 0, letters[place - 1] == "-" { score += 6 }
      if let last = places.last, place == last + 1 { score += 5 }
      places.append(place)
      from = place + 1
    }
    return (places, score - letters.count / 4)
  }
}
