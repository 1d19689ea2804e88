import NetworkGraph
import Operators

/// The fixed partition of the evaluation set into the batches that workers run.
///
/// It depends on the model, the data and the seed only, never on the machine: batches decide the
/// order of floating-point sums, and the same plan must give the same result everywhere.
struct SampleBatches: Sendable {
  /// Dataset indices of all samples, in evaluation order.
  let order: [Int]
  /// Dataset indices of each batch, in evaluation order.
  let indices: [[Int]]
  /// Samples of a batch; the last one may have fewer.
  let size: Int
  /// Samples a batch must be filled up to when the model fixes the batch axis; nil when it does not.
  let fixedSize: Int?

  /// Samples that are measured again together when a draft is settled: few, since few are left at the
  /// end.
  var rerunSize: Int { fixedSize ?? min(size, 8) }

  /// Splits `order` for a graph.
  init(order: [Int], graph: NetworkGraph, largestValueBytes: Int?) {
    var fixed: Int?
    for input in graph.runtimeInputs {
      if case .fixed(let length)? = input.shape?.first, length > 0 { fixed = length }
    }
    fixedSize = fixed
    // The largest activation of a batch should stay in the second-level cache's reach.
    let target = 4 << 20
    let size =
      fixed ?? min(max(largestValueBytes.map { target / max($0, 1) } ?? 16, 1), 25)
    self.order = order
    self.size = size
    indices = stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
  }
}
