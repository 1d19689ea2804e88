import ModelCompression

/// The plan-wide steps of a plan: all that decides which network its layers are compressed in.
///
/// They are taken in this order: finetuned weights, equalization, removal of channels; then pruning and quantization of each
/// layer; then repair, and rounding of activations.
struct PlanSteps: Hashable, Sendable {
  /// The graph with trained weights that takes the opened one's place; nil for none.
  var finetuned: CompressionPlan.Model?
  /// Cross-layer equalization; nil for none.
  var equalize: Equalization?
  /// Removal of channels; nil for none.
  var channels: ChannelRemoval?
  /// What is repaired afterwards.
  var repair: Set<RepairStep> = []

  /// The steps of a plan; nil when it has none, and the network stays as it was opened.
  init?(_ plan: CompressionPlan) {
    let channels = plan.channels.flatMap { $0.isEmpty ? nil : $0 }
    guard plan.finetuned != nil || plan.equalize != nil || channels != nil || !plan.repair.isEmpty
    else { return nil }
    finetuned = plan.finetuned
    equalize = plan.equalize
    self.channels = channels
    repair = plan.repair
  }

  /// Whether the network is another one even when no layer is compressed.
  var changesGraph: Bool { finetuned != nil || equalize != nil || channels != nil }
}
