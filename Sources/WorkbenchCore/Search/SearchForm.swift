import Evaluation
import TerminalCells

/// The form of a search for a plan as it is being filled in.
public struct SearchForm: Sendable {
  /// What the plan has to reach.
  public enum Goal: String, Sendable, Hashable, CaseIterable {
    /// A share of the model file's bytes.
    case size
    /// Stored bits for each weight.
    case bits
    /// A share of the multiply-adds.
    case multiplyAdds
    /// Points lost.
    case drop

    /// In words for the form.
    var title: String {
      switch self {
      case .size: "size"
      case .bits: "average bits"
      case .multiplyAdds: "nonzero MACs"
      case .drop: "largest drop"
      }
    }

    /// What stands behind the number.
    var unit: String {
      switch self {
      case .size: "% of the file"
      case .bits: "bits a weight"
      case .multiplyAdds: "% of all"
      case .drop: "pt"
      }
    }

    /// The number the form starts with.
    var usual: String {
      switch self {
      case .size: "25"
      case .bits: "4"
      case .multiplyAdds: "50"
      case .drop: "1"
      }
    }
  }

  /// A place the cursor can be.
  public enum Field: Int, Sendable, Hashable, CaseIterable {
    /// The choice of goal.
    case goal
    /// The number to reach.
    case value
    /// The allowed bit widths.
    case bits
    /// The allowed prune amounts, in percent.
    case amounts
    /// The button that starts.
    case start
    /// The button that closes the form.
    case cancel
  }

  /// What the plan has to reach.
  public var goal: Goal = .size
  /// The number to reach.
  public var value = TextField(Goal.size.usual)
  /// The allowed bit widths.
  public var bits = TextField(Self.list(PlanSearch.defaultBits.map { "\($0)" }))
  /// The allowed prune amounts, in percent.
  public var amounts = TextField(
    Self.list(PlanSearch.defaultAmounts.map { Figures.plainPercent($0 * 100) }))
  /// Where the cursor is.
  public var field: Field = .goal
  /// What is wrong with the form; nil when nothing is.
  public var problem: String?

  /// A form with the usual numbers.
  public init() {}

  private static func list(_ words: [String]) -> String { words.joined(separator: " ") }

  /// Moves the cursor by `step` fields, round and round.
  mutating func moveField(_ step: Int) {
    let all = Field.allCases
    let index = all.firstIndex(of: field) ?? 0
    field = all[(index + step + all.count) % all.count]
  }

  /// Moves the goal by `step`, round and round, with its usual number.
  mutating func moveGoal(_ step: Int, hasMultiplyAdds: Bool) {
    let all = Goal.allCases.filter { $0 != .multiplyAdds || hasMultiplyAdds }
    let index = all.firstIndex(of: goal) ?? 0
    goal = all[(index + step + all.count) % all.count]
    value = TextField(goal.usual)
  }

  /// The allowed bit widths, widest first; nil when they can't be read.
  var bitList: [Int]? {
    let words = Self.words(bits.text)
    let numbers = words.compactMap { Int($0) }
    return numbers.count == words.count ? Array(Set(numbers)).sorted(by: >) : nil
  }

  /// The allowed amounts 0...1, smallest first; nil when they can't be read.
  var amountList: [Double]? {
    let words = Self.words(amounts.text)
    let numbers = words.compactMap { Double($0) }.filter { (0...100).contains($0) }
    return numbers.count == words.count ? Array(Set(numbers.map { $0 / 100 })).sorted() : nil
  }

  /// The number to reach; nil when it can't be read.
  var number: Double? {
    let text = value.text.filter { $0 != " " && $0 != "%" }
    return Double(text).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "," || $0 == "%" }.map(String.init)
  }
}
