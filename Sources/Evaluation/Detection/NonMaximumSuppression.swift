import Datasets

/// Keeps the best of boxes that mean the same object.
enum NonMaximumSuppression {
  /// Candidates of one image that are compared at most, the highest scores: a network that was damaged may
  /// find an object everywhere.
  static let mostCandidates = 30_000

  /// Class by class, from the highest score on, drops boxes that overlap a kept one of their class by more
  /// than the selection's threshold; ties keep their order.
  ///
  /// - Returns: The kept boxes by falling score.
  static func select(_ candidates: [DetectedBox], _ selection: BoxSelection) -> [DetectedBox] {
    // The index decides between equal scores, which makes the sort stable.
    let order = candidates.indices.filter { candidates[$0].isFinite }.sorted {
      (candidates[$1].score, $0) < (candidates[$0].score, $1)
    }
    var kept: [DetectedBox] = []
    var byClass: [Int: [DetectedBox]] = [:]
    for index in order.prefix(mostCandidates) {
      let box = candidates[index]
      if let most = selection.overlap.map(Double.init) {
        let rivals = byClass[box.classIndex, default: []]
        if rivals.contains(where: { $0.overlap(with: box) > most }) { continue }
        byClass[box.classIndex, default: []].append(box)
      }
      kept.append(box)
      if kept.count == selection.limit { break }
    }
    return kept
  }
}
