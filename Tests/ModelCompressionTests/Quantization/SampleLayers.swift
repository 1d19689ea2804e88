import ModelCompression
import NetworkGraph
import Tensors
import TestSupport

/// Layers of every kind with weights and inputs that look like real ones.
enum SampleLayers {
  /// A layer, its weights, and what calibration showed of it.
  struct Sample {
    var layer: CompressibleLayer
    var weights: Tensor
    var statistics: LayerStatistics
    var matrix: LayerMatrix
  }

  private static func layer(
    _ op: String, _ shape: [Int], out: Int, in input: Int, group: Int = 1
  ) -> CompressibleLayer {
    CompressibleLayer(
      name: "\(op)\(shape)", weight: "w", nodes: [0], op: op, shape: shape, outputAxis: out,
      inputAxis: input, group: group)
  }

  /// A convolution, one by channels, a transposed one in groups, and products either way round.
  static let layers = [
    layer("Conv", [12, 6, 3, 3], out: 0, in: 1),
    layer("Conv", [8, 1, 3, 3], out: 0, in: 1, group: 8),
    layer("ConvTranspose", [6, 5, 2, 2], out: 1, in: 0, group: 2),
    layer("MatMul", [130, 7], out: 1, in: 0),
    layer("Gemm", [9, 40], out: 0, in: 1),
  ]

  /// All of them, the same for the same seed.
  static func all(seed: UInt64) -> [Sample] {
    layers.enumerated().map { index, layer in sample(layer, seed: seed &* 31 &+ UInt64(index)) }
  }

  private static func sample(_ layer: CompressibleLayer, seed: UInt64) -> Sample {
    var generator = SeededGenerator(seed: seed)
    func normal() -> Float {
      (0..<6).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &generator) }
    }
    let matrix = LayerMatrix(layer)
    let weights = Tensor(
      layer.shape,
      (0..<layer.parameters).map { index in
        // Some outliers, and channels of different sizes.
        let size: Float = index % 97 == 0 ? 0.3 : 0.05
        return normal() * size * Float(1 + index % 5)
      })
    return Sample(
      layer: layer, weights: weights,
      statistics: statistics(matrix, hasDeadInput: seed % 2 == 0, normal), matrix: matrix)
  }

  /// Products of inputs of which neighbours resemble each other; one may be 0 always.
  private static func statistics(
    _ matrix: LayerMatrix, hasDeadInput: Bool, _ normal: () -> Float
  ) -> LayerStatistics {
    let n = matrix.columns
    let rows = 2 * n + 8
    var products: [Float] = []
    for _ in 0..<matrix.groups {
      var sums = [Double](repeating: 0, count: n * n)
      for _ in 0..<rows {
        var last: Float = 0
        let inputs = (0..<n).map { column -> Double in
          last = 0.7 * last + normal() * Float(1 + column % 3)
          return hasDeadInput && column == n / 2 ? 0 : Double(last)
        }
        for a in 0..<n where inputs[a] != 0 {
          for b in 0..<n { sums[a * n + b] += inputs[a] * inputs[b] }
        }
      }
      products += sums.map { Float($0 / Double(rows)) }
    }
    var statistics = LayerStatistics(rows: rows)
    statistics.inputProducts = Tensor([matrix.groups, n, n], products)
    return statistics
  }
}

extension SampleLayers.Sample {
  /// Values in stored order as groups x rows x columns.
  func gathered<S: TensorScalar>(_ values: [S]) -> Tensor {
    var result: [S] = []
    for group in 0..<matrix.groups {
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          result.append(values[matrix.index(group: group, row: row, column: column)])
        }
      }
    }
    return Tensor([matrix.groups, matrix.rows, matrix.columns], result)
  }

  /// The weights after a setting.
  func made(_ setting: LayerSetting) throws -> CompressedWeights {
    try LayerCompressor.compress(
      layer: layer, weights: weights, setting: setting, statistics: statistics)
  }

  /// The place of each weight's scale or palette in stored order, by counting.
  func places(_ quantization: WeightQuantization) -> [Int32] {
    let rowOf = rows()
    switch (quantization.scheme.rawValue.hasPrefix("palette"), quantization.granularity) {
    case (true, .channel): return stored { $0[layer.outputAxis] }
    case (true, .group(let size)): return stored { $0[layer.outputAxis] / size }
    case (false, .channel) where layer.op == "ConvTranspose": return rowOf.map { Int32($0) }
    default:
      let layout = PlainWeights.scales(quantization.granularity, layer)
      return (0..<layer.parameters).map { Int32(layout.scaleOf($0)) }
    }
  }

  private func rows() -> [Int] {
    var result = [Int](repeating: 0, count: layer.parameters)
    for group in 0..<matrix.groups {
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          result[matrix.index(group: group, row: row, column: column)] = group * matrix.rows + row
        }
      }
    }
    return result
  }

  private func stored(_ place: ([Int]) -> Int) -> [Int32] {
    (0..<layer.parameters).map { flat in
      var rest = flat
      let position = layer.shape.reversed().map { length in
        defer { rest /= length }
        return rest % length
      }
      return Int32(place(position.reversed()))
    }
  }
}
