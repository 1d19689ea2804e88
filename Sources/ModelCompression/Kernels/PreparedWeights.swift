import NetworkGraph
import Synchronization
import Tensors

/// A layer's original weights with what is worth knowing of them before any setting is applied:
/// counted once, when first needed or in the background, and kept.
///
/// - Complexity: 128 KiB for each layer of ``leastTabled`` weights or more, once counted.
public final class PreparedWeights: Sendable {
  /// Counts of a layer's original weights.
  public struct Counts: Sendable, Hashable {
    /// Weights that are zero.
    public let zeros: Int
    /// The index of the first NaN or infinity; nil when all weights are finite.
    public let firstNonFinite: Int?
  }

  /// Layers with fewer weights are ranked as quickly without a table that is kept.
  static let leastTabled = 1 << 15

  /// The layer.
  public let layer: CompressibleLayer
  /// Its float32 weights as stored.
  public let weights: Tensor
  /// gamma of the batch normalization behind the layer, one for each output channel; nil where there
  /// is none.
  public let batchNormScale: [Float]?

  private struct State {
    var counts: Counts?
    var deviation: Double?
    var table: MagnitudeTable?
  }

  private let state = Mutex(State())

  /// Nothing is counted yet.
  init(layer: CompressibleLayer, weights: Tensor, batchNormScale: [Float]? = nil) {
    self.layer = layer
    self.weights = weights
    self.batchNormScale = batchNormScale
  }

  /// The counts, if they are known already.
  public var knownCounts: Counts? { state.withLock { $0.counts } }

  /// The counts; the weights are read when they are not known yet.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError`.
  public func counts(isCancelled: () -> Bool = { false }) throws -> Counts {
    if let known = knownCounts { return known }
    return try prepare(isCancelled).counts
  }

  /// The standard deviation of the weights in double precision, with n - 1 in the denominator as
  /// torch's; 0 for a single weight.
  func standardDeviation(isCancelled: () -> Bool) throws -> Double {
    if let known = state.withLock({ $0.deviation }) { return known }
    func average(of term: (Double) -> Double, over count: Int) throws -> Double {
      var sum = 0.0
      try weights.forEachBlock { block, first in
        if first % (64 * Tensor.blockLength) == 0, isCancelled() { throw CancellationError() }
        for weight in block { sum += term(Double(weight)) }
      }
      return sum / Double(max(count, 1))
    }
    let mean = try average(of: { $0 }, over: weights.count)
    let variance = try average(of: { ($0 - mean) * ($0 - mean) }, over: weights.count - 1)
    let deviation = variance.squareRoot()
    state.withLock { $0.deviation = deviation }
    return deviation
  }

  /// Weights by the leading bits of their magnitudes.
  func table(isCancelled: () -> Bool) throws -> MagnitudeTable {
    if let known = state.withLock({ $0.table }) { return known }
    return try prepare(isCancelled).table
  }

  private func prepare(
    _ isCancelled: () -> Bool
  ) throws -> (counts: Counts, table: MagnitudeTable) {
    var zeros = 0
    let table = try MagnitudeTable { buckets in
      try weights.forEachBlock { block, first in
        if first % (64 * Tensor.blockLength) == 0, isCancelled() { throw CancellationError() }
        zeros += WeightKernels.zeroCount(block)
        WeightKernels.count(block, into: buckets)
      }
    }
    let counts = Counts(
      zeros: zeros, firstNonFinite: table.holdsNonFinite ? firstNonFinite() : nil)
    state.withLock { state in
      state.counts = counts
      if weights.count >= Self.leastTabled { state.table = table }
    }
    return (counts, table)
  }

  /// The error that a NaN or infinity is; nil when all weights are finite.
  func finiteError(_ counts: Counts) -> EngineError? {
    counts.firstNonFinite.map { index in
      var value = Float.nan
      weights.forEachBlock(in: index..<(index + 1)) { block, _ in value = block[0] }
      return EngineError(
        .notFinite, subject: "layer '\(layer.name)'", problem: "weight \(index) is \(value)",
        remedy: "Leave the layer alone (set it to null in the plan), or repair the model")
    }
  }

  private func firstNonFinite() -> Int? {
    var found: Int?
    weights.forEachBlock { block, first in
      guard found == nil, let index = block.firstIndex(where: { !$0.isFinite }) else { return }
      found = first + index
    }
    return found
  }
}
