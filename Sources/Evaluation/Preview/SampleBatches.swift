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
  /// Samples that a batch is run with; the last one may have fewer of its own and is filled up: in
  /// batches of one size, a sample's outputs do not depend on the others, bit for bit.
  let size: Int
  /// The size that the model demands; nil when it demands none.
  let fixedSize: Int?

  /// Samples that are measured again together when a draft is settled: few, since few are left at the
  /// end.
  var rerunSize: Int { fixedSize ?? min(size, 8) }

  /// Batches of nothing.
  static var none: SampleBatches { SampleBatches(order: [], most: 1, fixedSize: nil) }

  /// Splits `order` for a graph.
  init(order: [Int], graph: NetworkGraph, largestValueBytes: Int?) {
    var fixed: Int?
    for input in graph.runtimeInputs {
      if case .fixed(let length)? = input.shape?.first, length > 0 { fixed = length }
    }
    // The largest activation of a batch should stay in the second-level cache's reach.
    let target = 4 << 20
    var most = min(max(largestValueBytes.map { target / max($0, 1) } ?? 16, 1), 25)
    // A dynamic range is that of all samples of a run: they are run one by one.
    if graph.nodes.contains(where: { $0.op == "DynamicQuantizeLinear" }) { most = 1 }
    self.init(order: order, most: most, fixedSize: fixed)
  }

  /// Splits another order, or a part of the data, into batches that are no larger.
  init(order: [Int], like other: SampleBatches) {
    self.init(order: order, most: other.size, fixedSize: other.fixedSize)
  }

  private init(order: [Int], most: Int, fixedSize: Int?) {
    // Of equal size, so that hardly any is filled up.
    let count = max((order.count + most - 1) / most, 1)
    let size = fixedSize ?? max((order.count + count - 1) / count, 1)
    self.order = order
    self.size = size
    self.fixedSize = fixedSize
    indices = stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
  }
}
