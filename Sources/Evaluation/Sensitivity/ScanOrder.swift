/// How a scan goes through its batches.
enum ScanOrder: Sendable {
  /// Every batch, in evaluation order.
  case everything
  /// From images that change their class easily to those that don't, until a rule says enough.
  case ordered(StoppingRule, estimate: ScanEstimate, margins: [Float])
}
