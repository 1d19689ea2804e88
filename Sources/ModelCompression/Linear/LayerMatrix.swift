import NetworkGraph
import Tensors

/// A layer's weights as matrices that multiply columns of inputs: one matrix of rows (output channels)
/// by columns (inputs of a group x kernel positions, in stored order) for each group.
///
/// This is the order of ``LayerStatistics``: all axes but the output axis, outermost first.
public struct LayerMatrix: Sendable {
  /// Matrices, one for each group of a grouped convolution.
  public let groups: Int
  /// Rows of each matrix.
  public let rows: Int
  /// Columns of each matrix.
  public let columns: Int
  private let groupStride: Int
  private let rowStride: Int
  private let columnOffsets: [Int]

  /// The matrices of a layer.
  public init(_ layer: CompressibleLayer) {
    let shape = layer.shape
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    var lengths = shape
    let splitAxis = layer.op == "ConvTranspose" ? layer.inputAxis : layer.outputAxis
    let groups = layer.group > 0 && shape[splitAxis] % max(layer.group, 1) == 0 ? layer.group : 1
    lengths[splitAxis] /= groups
    self.groups = groups
    rows = lengths[layer.outputAxis]
    groupStride = strides[splitAxis] * lengths[splitAxis]
    rowStride = strides[layer.outputAxis]
    var offsets = [0]
    for axis in shape.indices where axis != layer.outputAxis {
      offsets = offsets.flatMap { offset in
        (0..<lengths[axis]).map { offset + $0 * strides[axis] }
      }
    }
    columnOffsets = offsets
    columns = offsets.count
  }

  /// Where a weight lies in stored order.
  @inline(__always)
  public func index(group: Int, row: Int, column: Int) -> Int {
    group * groupStride + row * rowStride + columnOffsets[column]
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
