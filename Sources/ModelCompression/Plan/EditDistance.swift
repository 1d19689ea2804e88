/// Levenshtein distance, for suggestions.
enum EditDistance {
  /// The name nearest to `name` when fewer than 4 edits lead to it; the first among equals.
  static func nearest(to name: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in names {
      let distance = between(name, candidate)
      // A short word is near to anything: at least half of it has to be right.
      guard distance < 4, distance * 2 <= max(name.count, 2) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Insertions, deletions and replacements that turn one text into the other.
  static func between(_ a: String, _ b: String) -> Int {
    let a = Array(a.prefix(200).utf8)
    let b = Array(b.prefix(200).utf8)
    if abs(a.count - b.count) >= 4 { return max(a.count, b.count) }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let next = min(row[j], row[j + 1], diagonal - (x == y ? 1 : 0)) + 1
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
