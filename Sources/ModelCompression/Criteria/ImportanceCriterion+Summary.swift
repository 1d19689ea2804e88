extension ImportanceCriterion {
  /// The name, where a criterion says no more.
  public var summary: String { name }
}
