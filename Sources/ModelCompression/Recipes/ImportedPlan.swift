/// A plan read from another tool's file.
public struct ImportedPlan: Sendable, Hashable {
  /// The plan.
  public var plan: CompressionPlan
  /// What the file says that a plan does not, with line and column.
  public var notes: [String]

  /// Makes an imported plan.
  public init(plan: CompressionPlan, notes: [String]) {
    self.plan = plan
    self.notes = notes
  }
}
