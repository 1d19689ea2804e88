import NetworkGraph
import Tensors

/// A layer's weights as a grid of output by input channels: share of zeros and mean magnitude.
///
/// Kernels are gathered into one cell. Layers with few input channels (first and depthwise
/// convolutions) show every weight of the kernel as a column of its own instead.
public struct HeatGrid: Sendable, Hashable {
  /// The longest side kept; larger layers are gathered to it, no screen shows more.
  public static let limit = 512

  /// Number of rows.
  public var rows: Int
  /// Number of columns.
  public var columns: Int
  /// Output channels in a row.
  public var channelsPerRow: Int
  /// Input channels (or weights) in a column.
  public var channelsPerColumn: Int
  /// Whether a column stands for single weights of the kernel rather than input channels.
  public var columnsAreWeights: Bool
  /// Zeros by cell, row by row.
  public var zeros: [Float]
  /// Sums of magnitudes by cell.
  public var magnitudes: [Float]
  /// Weights by cell.
  public var counts: [Float]

  /// Where the weights go.
  private let cells: GridCells

  /// Gathers `weights`, whose shape and axes `layer` tells.
  public init(_ weights: UnsafeBufferPointer<Float>, layer: CompressibleLayer) {
    self.init(layer: layer)
    add(weights, at: 0)
  }

  /// Nothing is gathered yet.
  init(layer: CompressibleLayer) {
    let shape = layer.shape
    let outputAxis = shape.indices.contains(layer.outputAxis) ? layer.outputAxis : nil
    let inputAxis =
      shape.indices.contains(layer.inputAxis) && layer.inputAxis != layer.outputAxis
      ? layer.inputAxis : nil
    let outputs = outputAxis.map { shape[$0] } ?? 1
    let inputs = inputAxis.map { shape[$0] } ?? 1
    let lead = max(outputAxis ?? -1, inputAxis ?? -1) + 1
    let run = shape[lead...].reduce(1, *)
    columnsAreWeights = run > 1 && inputs < 16 && inputs * run <= 256
    let wide = columnsAreWeights ? inputs * run : inputs
    channelsPerRow = max(1, (outputs + Self.limit - 1) / Self.limit)
    channelsPerColumn = max(1, (wide + Self.limit - 1) / Self.limit)
    rows = max(1, (outputs + channelsPerRow - 1) / channelsPerRow)
    columns = max(1, (wide + channelsPerColumn - 1) / channelsPerColumn)
    zeros = [Float](repeating: 0, count: rows * columns)
    magnitudes = zeros
    counts = zeros
    cells = GridCells(
      run: max(1, run), columnsAreWeights: columnsAreWeights, channelsPerRow: channelsPerRow,
      channelsPerColumn: channelsPerColumn, columns: columns, outputs: outputs, inputs: inputs,
      places: ChannelPlaces(shape: shape, outputAxis: outputAxis, inputAxis: inputAxis))
  }

  /// Gathers more weights, the first of which is at `start` of the tensor.
  mutating func add(_ weights: UnsafeBufferPointer<Float>, at start: Int) {
    guard !weights.isEmpty else { return }
    let cells = cells
    zeros.withUnsafeMutableBufferPointer { zeros in
      magnitudes.withUnsafeMutableBufferPointer { magnitudes in
        counts.withUnsafeMutableBufferPointer { counts in
          cells.add(weights, at: start, zeros, magnitudes, counts)
        }
      }
    }
  }

  /// The grid gathered to at most `maxRows` x `maxColumns` cells.
  public func gathered(maxRows: Int, maxColumns: Int) -> HeatGrid {
    let down = max(1, (rows + max(1, maxRows) - 1) / max(1, maxRows))
    let across = max(1, (columns + max(1, maxColumns) - 1) / max(1, maxColumns))
    guard down > 1 || across > 1 else { return self }
    var result = self
    result.rows = (rows + down - 1) / down
    result.columns = (columns + across - 1) / across
    result.channelsPerRow *= down
    result.channelsPerColumn *= across
    result.zeros = [Float](repeating: 0, count: result.rows * result.columns)
    result.magnitudes = result.zeros
    result.counts = result.zeros
    for row in 0..<rows {
      for column in 0..<columns {
        let source = row * columns + column
        let target = row / down * result.columns + column / across
        result.zeros[target] += zeros[source]
        result.magnitudes[target] += magnitudes[source]
        result.counts[target] += counts[source]
      }
    }
    return result
  }

  /// The cells' shares of zeros, 0...1.
  public var zeroShares: [Double] {
    zip(zeros, counts).map { $1 > 0 ? Double($0 / $1) : 0 }
  }

  /// The cells' mean magnitudes.
  public var meanMagnitudes: [Double] {
    zip(magnitudes, counts).map { $1 > 0 ? Double($0 / $1) : 0 }
  }

  /// What one cell stands for, in words for the legend.
  public var cellDescription: String {
    let out = channelsPerRow == 1 ? "1 out" : "\(channelsPerRow) out"
    let unit = columnsAreWeights ? (channelsPerColumn == 1 ? "weight" : "weights") : "in"
    return "\(out) x \(channelsPerColumn) \(unit)"
  }
}
