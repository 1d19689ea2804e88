import Tensors

/// What calibration samples show of one layer: moments of its inputs and its outputs.
///
/// Inputs are the columns that the layer's weights multiply: with a weight flattened to O x J, J =
/// inputs of a group x kernel positions in the stored order of the axes that are not the output axis,
/// a column holds one number for each output position of each sample (the padding's zeros included).
/// Layers with groups have one list of columns for each group. Sums are streamed in double precision,
/// so that the memory taken does not depend on the number of samples.
public struct LayerStatistics: Sendable {
  /// Rows that were summed: samples x output positions.
  public var rows: Int
  /// E[x_j] of each column, group by group.
  public var inputMean: [Double]?
  /// E[x_j^2] of each column, group by group.
  public var inputSquare: [Double]?
  /// E[x_j x_k], float32 in the shape (groups, J, J).
  public var inputProducts: Tensor?
  /// E|a_o| of each output channel after the activation.
  public var outputMagnitude: [Double]?
  /// Share of zeros of each output channel after the activation (APoZ).
  public var outputZeros: [Double]?
  /// E[g] of each weight over samples, g = dL/dw of the loss of one sample; float32 in the weight's
  /// shape.
  ///
  /// Nil where the samples have no loss whose slope means anything: networks that give no classes.
  public var gradientMean: Tensor?
  /// E[g^2] of each weight over samples, the diagonal of the Fisher information; float32 in the weight's
  /// shape.
  public var gradientSquare: Tensor?

  /// Statistics of which nothing is known yet.
  public init(rows: Int) { self.rows = rows }
}
