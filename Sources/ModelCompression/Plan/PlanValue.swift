/// A plain value of a plan's informative `results`.
public enum PlanValue: Sendable, Hashable {
  case integer(Int)
  case number(Double)
  case text(String)
  case flag(Bool)
  case none
}
