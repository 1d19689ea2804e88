import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// One way through a network over all calibration samples at once, cut by cut: behind each cut the
/// value there is measured over all samples, and may be changed before the walk goes on.
final class RepairWalk: Sendable {
  private let segments: NetworkSegments
  private let batches: [[Int]]
  private let inputs: @Sendable (Int) throws -> [String: Tensor]
  /// The values alive behind the last cut, by batch.
  private let values: Mutex<[[String: Tensor]]>

  /// - Parameters:
  ///   - segments: The network.
  ///   - batches: Dataset indices of each batch.
  ///   - inputs: The network's inputs for a batch.
  init(
    segments: NetworkSegments, batches: [[Int]],
    inputs: @escaping @Sendable (Int) throws -> [String: Tensor]
  ) {
    self.segments = segments
    self.batches = batches
    self.inputs = inputs
    values = Mutex(Array(repeating: [:], count: batches.count))
  }

  /// Goes on to the next cut.
  ///
  /// - Parameters:
  ///   - index: The number of the piece to run.
  ///   - weights: Constants to replace.
  ///   - measured: The value to measure behind it; nil for none.
  ///   - pool: Runs batches side by side; sums are added in order of the batches.
  func advance(
    _ index: Int, weights: [String: Tensor], measuring measured: RepairSites.Site?,
    pool: WorkerPool
  ) async throws -> ChannelMoments? {
    let parts = Mutex([ChannelMoments?](repeating: nil, count: batches.count))
    let task = CancellationFlag()
    try await withTaskCancellationHandler {
      try await pool.forEach(batches.count, isCancelled: { task.isCancelled }) { batch in
        let before =
          index == 0 ? try self.inputs(batch) : self.values.withLock { $0[batch] }
        let after = try self.segments.run(
          index, before, weights: weights, isCancelled: { task.isCancelled })
        if let measured, let value = after[measured.value] {
          let moments = ChannelMoments(
            value, isChannelLast: measured.isChannelLast, rows: self.batches[batch].count)
          parts.withLock { $0[batch] = moments }
        }
        self.values.withLock { $0[batch] = after }
      }
    } onCancel: {
      task.cancel()
    }
    let found = parts.withLock { $0 }.compactMap { $0 }
    guard var sum = found.first else { return nil }
    for part in found.dropFirst() { sum.add(part) }
    return sum
  }

  /// Changes the value that was measured.
  func apply(
    _ correction: MomentCorrection, to site: RepairSites.Site, pool: WorkerPool
  ) async throws {
    try await pool.forEach(batches.count) { batch in
      guard let value = self.values.withLock({ $0[batch][site.value] }) else { return }
      let corrected = correction.applied(to: value, isChannelLast: site.isChannelLast)
      self.values.withLock { $0[batch][site.value] = corrected }
    }
  }
}
