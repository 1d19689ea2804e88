import ModelCompression

/// The plan-wide steps of a plan: all that decides which network its layers are compressed in.
///
/// They are taken in this order: equalization; then pruning and quantization of each layer; then
/// repair.
struct PlanSteps: Hashable, Sendable {
  /// Cross-layer equalization; nil for none.
  var equalize: Equalization?
  /// What is repaired afterwards.
  var repair: Set<RepairStep> = []

  /// The steps of a plan; nil when it has none, and the network stays as it was opened.
  init?(_ plan: CompressionPlan) {
    guard plan.equalize != nil || !plan.repair.isEmpty else { return nil }
    equalize = plan.equalize
    repair = plan.repair
  }

  /// Whether the network before its layers are compressed computes what the original does.
  var changesGraph: Bool { equalize != nil }
}
