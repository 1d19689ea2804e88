import NetworkGraph

/// A layer's weight seen as O rows of J: one row for each output channel, and in it the axes that are
/// not the output axis in their stored order.
///
/// A convolution (O, I / groups, kernel) has rows of (I / groups) x kernel consecutive weights; a Gemm
/// without `transB` and a MatMul (I, O) have columns for rows. In a transposed convolution
/// (I, O / groups, kernel) row `group x O / groups + o` holds the inputs of its group.
public struct WeightRows: Sendable, Hashable {
  /// Output channels O of all groups.
  public let rows: Int
  /// Weights J of an output channel.
  public let columns: Int
  /// Groups whose inputs differ.
  public let groups: Int

  /// Elements of the axes behind the output axis.
  private let inner: Int
  /// Elements of the axes before it, in one group.
  private let outer: Int
  /// Length of the output axis.
  private let outputs: Int

  /// The rows of a layer's weight.
  public init(_ layer: CompressibleLayer) {
    outputs = layer.shape[layer.outputAxis]
    inner = layer.shape[(layer.outputAxis + 1)...].reduce(1, *)
    let all = layer.shape[..<layer.outputAxis].reduce(1, *)
    let splits = layer.op == "ConvTranspose" && layer.group > 1 && all % layer.group == 0
    outer = splits ? all / layer.group : all
    rows = outputs * (splits ? layer.group : 1)
    columns = outer * inner
    groups = layer.op == "Conv" || splits ? max(layer.group, 1) : 1
  }

  /// The place of a weight in the stored tensor.
  @inline(__always)
  public func index(row: Int, column: Int) -> Int {
    let (group, output) = row.quotientAndRemainder(dividingBy: outputs)
    let (lead, rest) = column.quotientAndRemainder(dividingBy: inner)
    return ((group * outer + lead) * outputs + output) * inner + rest
  }

  /// The group of a row: its inputs are columns `group x J` and on of ``LayerStatistics``.
  public func group(ofRow row: Int) -> Int { row / max(rows / groups, 1) }
}
