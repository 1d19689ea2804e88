import NetworkGraph
import Tensors

/// GPTQ (2210.17323, algorithm 1): columns get their nearest codes one after the other, and the columns
/// that follow make up for the error in the layer's outputs, by way of the inverse of H = E[x x^T] +
/// damp x mean(diagonal) x I (``ColumnCompensation``).
///
/// Scales are those of the weights before the loop, also for groups (the reference code's
/// `static_groups`). With `actOrder` columns of large H_jj come first. Pruned weights stay exactly zero:
/// their columns' error is made up for like any other (SparseGPT, section 3.4). A weight whose input was
/// always 0 gets its nearest code, where the reference code sets it to 0: no output tells the two apart.
public struct GPTQRounding: RoundingMethod {
  /// `gptq`.
  public let name = "gptq"
  /// For the screen.
  public let summary = "later columns make up for the errors of earlier ones"
  /// Products of input columns.
  public let needs: Set<StatisticsNeed> = [.inputProducts]
  /// The share of the mean diagonal of H that is added to the diagonal.
  public var damp: Double
  /// Columns of a block.
  public var block: Int
  /// Whether columns of large H_jj come first.
  public var actOrder: Bool

  /// The paper's numbers, unless told otherwise.
  public init(damp: Double = 0.01, block: Int = 128, actOrder: Bool = false) {
    self.damp = damp
    self.block = block
    self.actOrder = actOrder
  }

  /// `damp`, `block`, `actOrder`.
  public var options: [ChoiceOption] {
    [
      ChoiceOption(name: "damp", standard: .number(0.01), allowed: 1e-8...10),
      ChoiceOption(name: "block", standard: .integer(128), allowed: 1...4096),
      ChoiceOption(name: "actOrder", standard: .flag(false)),
    ]
  }

  /// The method with a plan's options.
  public func configured(by options: ChoiceOptions) -> GPTQRounding {
    GPTQRounding(
      damp: options.number("damp"), block: options.integer("block"),
      actOrder: options.flag("actOrder"))
  }

  /// The codes; progress counts groups.
  public func round(_ input: RoundingInput) throws -> RoundedWeights {
    let matrix = LayerMatrix(input.layer)
    let places = input.grid.form.layout.places()
    var codes = [Int32](repeating: 0, count: input.weights.count)
    for group in 0..<matrix.groups {
      let products = try matrix.products(
        of: input.statistics, layer: input.layer, group: group)
      try round(input, matrix, group, products, places, &codes)
      input.progress(Double(group + 1) / Double(matrix.groups))
    }
    return RoundedWeights(codes: codes, grid: input.grid)
  }

  private func round(
    _ input: RoundingInput, _ matrix: LayerMatrix, _ group: Int, _ products: [Double],
    _ places: [Int32], _ codes: inout [Int32]
  ) throws {
    let n = matrix.columns
    let order = order(products, n)
    let compensation = try ColumnCompensation(
      products: Self.permuted(products, order, rows: nil), columns: n, block: block, damp: damp,
      isCancelled: input.isCancelled)
    var weights = Self.permuted(
      matrix.gathered(input.weights, group: group), order, rows: matrix.rows)
    let grid = input.grid
    try codes.withUnsafeMutableBufferPointer { codes in
      try compensation.run(
        &weights, rows: matrix.rows, isCancelled: input.isCancelled
      ) { row, column, current in
        let index = matrix.index(group: group, row: row, column: order[column])
        let place = Int(places[index])
        let isPruned = input.weights[index] == 0
        let code = grid.code(isPruned ? 0 : Float(current[column]), at: place)
        codes[index] = code
        return Double(grid.value(code, at: place))
      }
    }
  }

  /// The columns in the order in which they are settled; of equal ones the first comes first.
  private func order(_ products: [Double], _ n: Int) -> [Int] {
    guard actOrder else { return Array(0..<n) }
    return (0..<n).sorted { a, b in
      let (x, y) = (products[a * n + a], products[b * n + b])
      return x != y ? x > y : a < b
    }
  }

  /// A matrix with its columns in this order; with `rows` nil, of a square one the rows too.
  private static func permuted(_ matrix: [Double], _ order: [Int], rows: Int?) -> [Double] {
    let n = order.count
    var result = [Double](repeating: 0, count: matrix.count)
    for row in 0..<(rows ?? n) {
      let source = rows == nil ? order[row] : row
      for column in 0..<n { result[row * n + column] = matrix[source * n + order[column]] }
    }
    return result
  }
}
