import NetworkGraph
import Tensors

/// A layer's weights as matrices that multiply columns of inputs: one matrix of rows (output channels)
/// by columns (inputs of a group x kernel positions, in stored order) for each group.
///
/// They are the rows of ``WeightRows``, group by group: the order of ``LayerStatistics``.
public struct LayerMatrix: Sendable {
  /// Matrices, one for each group of a grouped convolution.
  public let groups: Int
  /// Rows of each matrix.
  public let rows: Int
  /// Columns of each matrix.
  public let columns: Int
  private let places: WeightRows

  /// The matrices of a layer.
  public init(_ layer: CompressibleLayer) {
    places = WeightRows(layer)
    groups = places.groups
    rows = places.rows / places.groups
    columns = places.columns
  }

  /// Where a weight lies in stored order.
  @inline(__always)
  public func index(group: Int, row: Int, column: Int) -> Int {
    places.index(row: group * rows + row, column: column)
  }

  /// One group's matrix, row by row.
  func gathered(_ weights: [Float], group: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        result[row * columns + column] = Double(
          weights[index(group: group, row: row, column: column)])
      }
    }
    return result
  }

  /// The mean products of one group's inputs, columns x columns.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when there are none of this layer's shape.
  func products(
    of statistics: LayerStatistics?, layer: CompressibleLayer, group: Int
  ) throws(EngineError) -> [Double] {
    guard let products = statistics?.inputProducts, products.type == .float32,
      products.shape == [groups, columns, columns]
    else {
      throw EngineError(
        .unsupported, subject: "layer '\(layer.name)'",
        problem: "calibration gave no products of its inputs",
        remedy: "Choose a criterion or method that needs none for this layer")
    }
    let size = columns * columns
    var result = [Double](repeating: 0, count: size)
    products.forEachBlock(in: (group * size)..<((group + 1) * size)) { block, first in
      for (offset, value) in block.enumerated() {
        result[first - group * size + offset] = Double(value)
      }
    }
    return result
  }
}
