import NetworkGraph
import Tensors

extension LayerWork {
  /// Weights after quantization.
  struct Quantized {
    var values: Tensor
    var zeroCount: Int
    /// Against the weights that pruning left, in dB.
    var signalToNoise: Double
    var quantized: QuantizedWeights?
  }

  /// Quantizes what pruning left, as the setting says.
  func quantized(_ pruned: Pruned) throws -> Quantized {
    guard let quantization = setting.weights else {
      let made = try LayerTransform(
        weights: pruned.weights, cut: pruned.cut, quantizer: nil, isCancelled: isCancelled
      ).apply()
      return Quantized(
        values: made.values, zeroCount: made.zeroCount, signalToNoise: made.signalToNoise)
    }
    let grid = try grid(quantization, pruned)
    let method = try quantization.registeredMethod()
    guard method is NearestRounding, let uniform = grid as? UniformGrid else {
      return try rounded(pruned, grid, method)
    }
    let made = try LayerTransform(
      weights: pruned.weights, cut: pruned.cut, quantizer: uniform, isCancelled: isCancelled
    ).apply()
    if uniform.mayOverflow { try checkFinite(made.values) }
    return Quantized(
      values: made.values, zeroCount: made.zeroCount, signalToNoise: made.signalToNoise,
      quantized: made.codes.map { Self.weights(uniform, codes: $0, values: made.values) })
  }

  /// How many weights are zero, without making them; nil when only making them tells.
  func fastZeroCount(_ quantization: WeightQuantization, cut: PruneCut) throws -> Int? {
    guard quantization.method.name == NearestRounding().name,
      quantization.range.name == MinMaxRange().name, !quantization.isBinary,
      quantization.scheme == .symmetric || quantization.scheme == .asymmetric,
      let uniform = try grid(
        quantization, Pruned(weights: prepared.weights, cut: cut, count: cut.prunedCount))
        as? UniformGrid, !uniform.mayOverflow
    else { return nil }
    return try LayerTransform(
      weights: prepared.weights, cut: cut, quantizer: uniform, isCancelled: isCancelled
    ).zeroCount()
  }

  private func grid(
    _ quantization: WeightQuantization, _ pruned: Pruned
  ) throws -> any WeightGrid {
    try quantization.registeredScheme().grid(
      GridInput(
        layer: layer, setting: quantization, seed: effective.seed, weights: pruned.weights,
        cut: pruned.cut, isCancelled: isCancelled))
  }

  /// Lets a method choose the codes.
  private func rounded(
    _ pruned: Pruned, _ grid: any WeightGrid, _ method: any RoundingMethod
  ) throws -> Quantized {
    let kept = try LayerTransform(
      weights: pruned.weights, cut: pruned.cut, quantizer: nil, isCancelled: isCancelled
    ).apply().values.array(of: Float.self)
    let rounded = try method.round(
      RoundingInput(
        layer: layer, weights: kept, grid: grid,
        statistics: method.needs.isEmpty ? nil : try statistics(method.needs),
        isCancelled: isCancelled, progress: progress))
    let places = rounded.grid.form.layout.places()
    var zeros = 0
    var squares = SquareSums()
    let values = Tensor.building(layer.shape, of: Float.self) { values in
      for index in values.indices {
        let value = rounded.grid.value(rounded.codes[index], at: Int(places[index]))
        values.initializeElement(at: index, to: value)
        if value == 0 { zeros += 1 }
      }
      guard let base = values.baseAddress else { return }
      pruned.weights.forEachBlock { before, first in
        WeightKernels.addSquares(before, base + first, to: &squares)
      }
    }
    try checkFinite(values)
    return Quantized(
      values: values, zeroCount: zeros, signalToNoise: squares.decibels,
      quantized: Self.weights(
        rounded.grid, codes: Self.codes(rounded.codes, layer.shape, rounded.grid.form.codes),
        values: values))
  }

  /// Codes and values with what belongs to them.
  private static func weights(
    _ grid: any WeightGrid, codes: Tensor, values: Tensor
  ) -> QuantizedWeights {
    let form = grid.form
    return QuantizedWeights(
      form: form, codes: codes, scales: Tensor(form.scaleShape, grid.scales),
      zeroPoints: form.hasZeroPoints
        ? Self.codes(grid.zeroPoints.map { Int32($0) }, form.layout.shape, form.codes) : nil,
      palettes: form.paletteLength > 0 ? Tensor(form.paletteShape, grid.palettes) : nil,
      dequantized: values)
  }

  /// Codes in the type that holds them.
  private static func codes(_ codes: [Int32], _ shape: [Int], _ type: ElementType) -> Tensor {
    switch type.byteSize {
    case 1:
      Tensor(shape, codes.map { UInt8(truncatingIfNeeded: $0) }).reinterpreted(as: type)
    default:
      Tensor(shape, codes.map { UInt16(truncatingIfNeeded: $0) }).reinterpreted(as: type)
    }
  }
}
