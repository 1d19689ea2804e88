import COneDNN
import Tensors

/// Streams the products of all pairs of columns of a matrix with many rows: X^T X, row by row as they
/// come, without keeping X.
///
/// Parts of at most ``partLength`` rows are multiplied in 32-bit floats and added in double precision,
/// in the order in which they are given: the same rows in the same calls give the same sums. Only
/// blocks on and above the diagonal are computed. One thread uses an object at a time.
public final class ColumnProducts {
  /// Groups G, each with columns of its own.
  public let groups: Int
  /// Number of columns J of a group.
  public let columns: Int
  /// Sums of products, (G, J, J) row-major; below the diagonal blocks nothing is filled in.
  private var sums: [Double]
  /// The product of one part.
  private var product: [Float]
  private var primitives: [Key: Kernel] = [:]

  /// Rows that are multiplied at once.
  public static let partLength = 2048
  /// Columns of a block.
  private static let blockLength = 192

  private struct Key: Hashable {
    let rows: Int
    let left: Int
    let right: Int
    /// Elements from one column to the next, and from one row to the next.
    let columnStride: Int
    let rowStride: Int
  }

  private struct Kernel {
    let primitive: Primitive
    let layouts: [DataLayout]
  }

  /// Nothing is summed yet.
  ///
  /// - Parameters:
  ///   - groups: G, at least 1.
  ///   - columns: J, at least 1.
  /// - Complexity: 8 G J^2 bytes.
  public init(groups: Int = 1, columns: Int) {
    self.groups = groups
    self.columns = columns
    sums = [Double](repeating: 0, count: groups * columns * columns)
    let block = min(columns, Self.blockLength)
    product = [Float](repeating: 0, count: block * block)
  }

  /// Adds `rows` rows.
  ///
  /// - Parameters:
  ///   - values: X, where element (row r, column j) lies at `r * rowStride + j * columnStride`; one of
  ///     the strides is 1.
  ///   - rows: Number of rows.
  ///   - rowStride: Elements from one row to the next.
  ///   - columnStride: Elements from one column to the next.
  ///   - group: Whose columns they are.
  /// - Throws: ``EngineError`` when there is no memory for it.
  public func add(
    _ values: UnsafePointer<Float>, rows: Int, rowStride: Int, columnStride: Int, group: Int = 0
  ) throws(EngineError) {
    precondition(rowStride == 1 || columnStride == 1, "one of the strides has to be 1")
    var first = 0
    while first < rows {
      let count = min(Self.partLength, rows - first)
      do {
        try addPart(
          values + first * rowStride, rows: count, rowStride: rowStride,
          columnStride: columnStride, group: group)
      } catch {
        throw error.engineError
      }
      first += count
    }
  }

  private func addPart(
    _ values: UnsafePointer<Float>, rows: Int, rowStride: Int, columnStride: Int, group: Int
  ) throws(OneDNNError) {
    var top = 0
    while top < columns {
      let height = min(Self.blockLength, columns - top)
      var left = top
      while left < columns {
        let width = min(Self.blockLength, columns - left)
        let kernel = try kernel(
          Key(
            rows: rows, left: height, right: width, columnStride: columnStride,
            rowStride: rowStride))
        try multiply(kernel, values + top * columnStride, values + left * columnStride)
        add(height: height, width: width, atRow: group * columns + top, column: left)
        left += width
      }
      top += height
    }
  }

  private func kernel(_ key: Key) throws(OneDNNError) -> Kernel {
    if let known = primitives[key] { return known }
    let left = try DataLayout.plain(
      [key.left, key.rows], strides: [key.columnStride, key.rowStride])
    let right = try DataLayout.plain(
      [key.rows, key.right], strides: [key.rowStride, key.columnStride])
    let target = try DataLayout.plain([key.left, key.right])
    let primitive = try Primitive {
      cdnn_matmul(&$0, left.handle, right.handle, nil, target.handle, nil, 0)
    }
    let kernel = Kernel(primitive: primitive, layouts: [left, right, target])
    // Rows differ in the last part of a batch only; a few forms are in use at a time.
    if primitives.count > 64 { primitives = [:] }
    primitives[key] = kernel
    return kernel
  }

  private func multiply(
    _ kernel: Kernel, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>
  ) throws(OneDNNError) {
    let handles = kernel.layouts.map { Optional($0.handle) }
    var failure: OneDNNError?
    product.withUnsafeMutableBytes { target in
      let data = [
        UnsafeMutableRawPointer(mutating: left), UnsafeMutableRawPointer(mutating: right),
        target.baseAddress,
      ]
      do throws(OneDNNError) {
        try kernel.primitive.execute(
          arguments: [CDNN_ARG_SRC, CDNN_ARG_WEIGHTS, CDNN_ARG_DST].map { Int32($0) },
          layouts: handles, data: data)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Adds the product at a row that is counted through all groups.
  private func add(height: Int, width: Int, atRow top: Int, column left: Int) {
    let columns = self.columns
    product.withUnsafeBufferPointer { product in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<height {
          let from = row * width
          let into = (top + row) * columns + left
          for column in 0..<width { sums[into + column] += Double(product[from + column]) }
        }
      }
    }
  }

  /// Writes the mean products over `rows` rows of each group: (G, J, J) row-major, symmetric.
  public func means(over rows: Int, into target: UnsafeMutableBufferPointer<Float>) {
    let factor = 1 / Double(max(rows, 1))
    for group in 0..<groups {
      let first = group * columns * columns
      for row in 0..<columns {
        for column in row..<columns {
          let value = Float(sums[first + row * columns + column] * factor)
          target[first + row * columns + column] = value
          target[first + column * columns + row] = value
        }
      }
    }
  }
}
