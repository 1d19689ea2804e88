import Datasets
import Tensors

/// The images that a search looks at, and those that it is judged by: disjoint, and with the same
/// shares of classes.
public struct SampleSplit: Sendable, Hashable {
  /// Most images that are searched on unless told otherwise: more would make the choice hardly surer
  /// and every step slower.
  public static let mostSearchImages = 2_000

  /// Dataset indices to search on, in evaluation order.
  public let search: [Int]
  /// Dataset indices to report on, in evaluation order.
  public let report: [Int]

  /// Splits data.
  ///
  /// - Parameters:
  ///   - data: The data, all of which are used.
  ///   - reportImages: How many are set aside; nil for half, and all but ``mostSearchImages`` of many.
  ///   - seed: Decides which.
  /// - Throws: ``EngineError`` with code `invalidArgument` when none would be left for one side.
  public init(_ data: EvaluationData, reportImages: Int?, seed: Int) throws(EngineError) {
    let count = data.count
    let wanted = reportImages ?? max((count + 1) / 2, count - Self.mostSearchImages)
    guard count >= 2, (1..<count).contains(wanted) else {
      throw EngineError(
        .invalidArgument, subject: "report images",
        problem: "\(wanted) of \(count) can't be set aside: some must be left to search on",
        remedy: count < 2 ? "Give more data" : "Give a number from 1 to \(count - 1)")
    }
    let order = data.previewOrder(seed: seed)
    let kept = Self.kept(order: order, labels: data.labels, report: wanted)
    search = order.filter { kept.contains($0) }
    report = order.filter { !kept.contains($0) }
  }

  /// The indices that are searched on: of each class the first in the shuffled order, each class in
  /// proportion to its size.
  private static func kept(order: [Int], labels: [Int]?, report: Int) -> Set<Int> {
    guard let labels else { return Set(order.prefix(order.count - report)) }
    var members: [Int: [Int]] = [:]
    for index in order { members[labels[index], default: []].append(index) }
    // Largest remainders, so that the numbers add up.
    let classes = members.keys.sorted()
    let count = order.count
    var aside = classes.map { (members[$0]?.count ?? 0) * report / count }
    let remainders = classes.map { (members[$0]?.count ?? 0) * report % count }
    let missing = report - aside.reduce(0, +)
    let byRemainder = classes.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
    for position in byRemainder.prefix(missing) { aside[position] += 1 }
    var kept = Set<Int>()
    for (name, aside) in zip(classes, aside) {
      kept.formUnion(members[name]?.dropLast(aside) ?? [])
    }
    return kept
  }
}
