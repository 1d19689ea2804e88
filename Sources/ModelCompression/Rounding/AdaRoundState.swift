/// The variables of AdaRound for one group of a layer, with Adam's moments.
struct AdaRoundState {
  private let matrix: LayerMatrix
  private let group: Int
  private let products: [Float]
  /// Weights, scales, and the code below each weight, row by row; zero points are in the codes' limits.
  private let weights: [Float]
  private let scales: [Float]
  private let floors: [Float]
  private let lowest: [Float]
  private let highest: [Float]
  private let zeros: [Float]
  /// V; nothing is learned of pruned weights.
  private var variables: [Float]
  private let isPruned: [Bool]
  private var first: [Float]
  private var second: [Float]
  private var difference: [Float]
  private var gradient: [Float]

  init(
    weights all: [Float], grid: UniformGrid, places: [Int32], matrix: LayerMatrix, group: Int,
    products: [Float]
  ) {
    self.matrix = matrix
    self.group = group
    self.products = products
    let count = matrix.rows * matrix.columns
    var weights: [Float] = []
    var scales: [Float] = []
    var zeros: [Float] = []
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        let index = matrix.index(group: group, row: row, column: column)
        weights.append(all[index])
        scales.append(grid.scales[Int(places[index])])
        zeros.append(grid.zeros[Int(places[index])])
      }
    }
    isPruned = weights.map { $0 == 0 }
    floors = zip(weights, scales).map { ($0 / $1).rounded(.down) }
    variables = zip(zip(weights, scales), floors).map { pair, floor in
      let rest = Double(pair.0 / pair.1 - floor)
      return Float(-RealMath.log(1.2 / (rest + 0.1) - 1))
    }
    (self.weights, self.scales, self.zeros) = (weights, scales, zeros)
    lowest = zeros.map { grid.lowest - $0 }
    highest = zeros.map { grid.highest - $0 }
    first = [Float](repeating: 0, count: count)
    second = first
    difference = first
    gradient = first
  }

  /// h(V) and its slope.
  @inline(__always)
  private static func rectified(_ variable: Float) -> (value: Float, slope: Float) {
    let sigmoid = Float(1 / (1 + RealMath.exp(Double(-variable))))
    let stretched = sigmoid * 1.2 - 0.1
    if stretched <= 0 { return (0, 0) }
    if stretched >= 1 { return (1, 0) }
    return (stretched, 1.2 * sigmoid * (1 - sigmoid))
  }

  /// One step of Adam over the whole layer.
  mutating func step(_ step: Int, rate: Double, pull: (lambda: Double, beta: Double)) {
    let count = weights.count
    var slopes = [Float](repeating: 0, count: count)
    for index in 0..<count {
      if isPruned[index] {
        difference[index] = 0
        continue
      }
      let (value, slope) = Self.rectified(variables[index])
      let code = floors[index] + value
      let inside = min(max(code, lowest[index]), highest[index])
      difference[index] = inside * scales[index] - weights[index]
      slopes[index] = code == inside ? slope : 0
      gradient[index] = 0
      guard slope > 0, pull.lambda > 0 else { continue }
      let distance = Double(2 * value - 1)
      let steepness = RealMath.pow(abs(distance), pull.beta - 1) * (distance < 0 ? 1 : -1)
      gradient[index] = Float(2 * pull.lambda * pull.beta * steepness) * slope
    }
    let reconstruction = productsOfDifference()
    let correction1 = Float(1 - RealMath.pow(0.9, Double(step + 1)))
    let correction2 = Float(1 - RealMath.pow(0.999, Double(step + 1)))
    for index in 0..<count where !isPruned[index] {
      // The products come with the sign turned.
      let total = gradient[index] - 2 * reconstruction[index] * scales[index] * slopes[index]
      first[index] = 0.9 * first[index] + 0.1 * total
      second[index] = 0.999 * second[index] + 0.001 * total * total
      let size = (second[index] / correction2).squareRoot() + 1e-8
      variables[index] -= Float(rate) * (first[index] / correction1) / size
    }
  }

  /// -(W~ - W) H.
  private func productsOfDifference() -> [Float] {
    var result = [Float](repeating: 0, count: weights.count)
    let n = matrix.columns
    result.withUnsafeMutableBufferPointer { target in
      difference.withUnsafeBufferPointer { difference in
        products.withUnsafeBufferPointer { products in
          guard let c = target.baseAddress, let a = difference.baseAddress,
            let b = products.baseAddress
          else { return }
          MatrixKernel.subtractProduct(
            c, n, a, n, b, n, rows: matrix.rows, columns: n, inner: n)
        }
      }
    }
    return result
  }

  /// Codes with h rounded to 0 or 1.
  func write(into codes: inout [Int32]) {
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        let at = row * matrix.columns + column
        let up: Float = Self.rectified(variables[at]).value >= 0.5 ? 1 : 0
        let code = isPruned[at] ? 0 : min(max(floors[at] + up, lowest[at]), highest[at])
        codes[matrix.index(group: group, row: row, column: column)] = Int32(code + zeros[at])
      }
    }
  }
}
