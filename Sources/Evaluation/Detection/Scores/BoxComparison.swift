/// The boxes that a plan finds beside those that the original network finds in the same image.
///
/// Greedy, as in DL Workbench's report: by falling score, each box of the plan takes the free box of the
/// original of its class that it overlaps most, at 0.5 at least.
struct BoxComparison: Sendable, Hashable {
  /// Boxes of the original.
  var original = 0
  /// Boxes of the plan.
  var plan = 0
  /// Pairs of boxes.
  var matched = 0
  /// Pairs that overlap by less than ``still``.
  var moved = 0
  /// The overlaps of the pairs, summed.
  var overlap = 0.0
  /// Score of the plan minus that of the original over the pairs, summed.
  var scoreChange = 0.0

  /// The overlap from which on a box has not moved.
  static let still = 0.9

  /// Boxes of the original that the plan does not find.
  var missed: Int { original - matched }
  /// Boxes of the plan that the original does not find.
  var added: Int { plan - matched }

  /// Nothing.
  init() {}

  /// Compares the boxes of one image.
  init(original before: [DetectedBox], plan after: [DetectedBox]) {
    (original, plan) = (before.count, after.count)
    var isFree = [Bool](repeating: true, count: before.count)
    let order = after.indices.sorted { (after[$1].score, $0) < (after[$0].score, $1) }
    for box in order.map({ after[$0] }) {
      var best = 0.5
      var match: Int?
      for (index, other) in before.enumerated()
      where isFree[index] && other.classIndex == box.classIndex {
        let overlap = box.overlap(with: other)
        if overlap > best || overlap == best && match == nil { (best, match) = (overlap, index) }
      }
      guard let match else { continue }
      isFree[match] = false
      matched += 1
      if best < Self.still { moved += 1 }
      overlap += best
      scoreChange += box.score - before[match].score
    }
  }

  /// Adds another image's.
  static func += (a: inout BoxComparison, b: BoxComparison) { a.add(b, times: 1) }

  /// Adds another image's, drawn so often.
  mutating func add(_ other: BoxComparison, times: Int) {
    original += times * other.original
    plan += times * other.plan
    matched += times * other.matched
    moved += times * other.moved
    overlap += Double(times) * other.overlap
    scoreChange += Double(times) * other.scoreChange
  }

  /// The share of boxes that both find, 2 matched / (original + plan): 1 when neither finds any.
  var sameShare: Double {
    original + plan == 0 ? 1 : 2 * Double(matched) / Double(original + plan)
  }
}
