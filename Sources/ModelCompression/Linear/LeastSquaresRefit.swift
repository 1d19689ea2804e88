import NetworkGraph
import Tensors

/// Refits the weights that pruning left, so that the layer's outputs come as near to the original ones
/// as they can (He 2017, 1707.06168, equation 4, for single weights instead of channels).
///
/// For each output row with the kept columns K: W'_K = argmin ||W x - W'_K x_K||^2 + d ||W'_K - W_K||^2
/// = (H + d I)_KK^-1 (H + d I)_K: W^T, where H = E[x x^T] and d = damp x mean(diagonal of H). Zeros stay
/// zero.
public struct LeastSquaresRefit: Sendable {
  /// The share of the mean diagonal of H that holds weights to where they were.
  public var damp: Double

  /// 0.01, as GPTQ and SparseGPT damp.
  public init(damp: Double = 0.01) { self.damp = damp }

  /// The weights that are not 0 in `pruned`, refitted.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - original: The weights before pruning, in stored order.
  ///   - pruned: The weights after it.
  ///   - statistics: With products of input columns.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when the products are missing; `CancellationError`.
  /// - Complexity: O(rows x kept^3 / 3).
  public func refitted(
    _ layer: CompressibleLayer, original: [Float], pruned: [Float], statistics: LayerStatistics?,
    isCancelled: () -> Bool = { false }
  ) throws -> [Float] {
    let matrix = LayerMatrix(layer)
    var result = pruned
    for group in 0..<matrix.groups {
      var products = try matrix.products(of: statistics, layer: layer, group: group)
      let n = matrix.columns
      var trace = 0.0
      for column in 0..<n { trace += products[column * n + column] }
      guard trace > 0 else { continue }
      for column in 0..<n { products[column * n + column] += damp * trace / Double(n) }
      for row in 0..<matrix.rows {
        if isCancelled() { throw CancellationError() }
        let places = (0..<n).map { matrix.index(group: group, row: row, column: $0) }
        let kept = (0..<n).filter { pruned[places[$0]] != 0 }
        guard !kept.isEmpty, kept.count < n else { continue }
        var square: [Double] = []
        square.reserveCapacity(kept.count * kept.count)
        var target: [Double] = []
        for column in kept {
          for other in kept { square.append(products[column * n + other]) }
          var sum = 0.0
          for other in 0..<n {
            sum += products[column * n + other] * Double(original[places[other]])
          }
          target.append(sum)
        }
        let factor = try CholeskyFactor(square, size: kept.count, isCancelled: isCancelled)
        for (column, value) in zip(kept, factor.solve(target)) {
          // A weight that is kept stays distinct from one that went.
          let weight = Float(value)
          result[places[column]] = weight == 0 ? .leastNonzeroMagnitude : weight
        }
      }
    }
    return result
  }
}
