import NetworkGraph
import Tensors

/// A layer's weights after its setting: pruned, then quantized.
public struct CompressedWeights: Sendable {
  /// The layer.
  public let layer: CompressibleLayer
  /// What was done.
  public let setting: LayerSetting
  /// How many weights pruning took; quantization may turn more into zero.
  public let prunedCount: Int
  /// How many weights are zero afterwards.
  public let zeroCount: Int
  /// The highest magnitude that was pruned; nil when nothing was, or when something other than single
  /// magnitudes decided.
  public let cutOff: Float?
  /// The integer form; nil when the weights stay floats.
  public let quantized: QuantizedWeights?
  /// The weights afterwards as float32 in the stored shape: what the preview runs and every export
  /// stands for, bit for bit.
  public let dequantized: Tensor
  /// Bytes in each way to store them.
  public let size: StoredSize
  /// Signal to noise ratio against the original weights in dB:
  /// 10 log10(sum w^2 / sum (w - v)^2); infinity when nothing changed.
  public let sqnr: Double

  /// The codes; nil for floats.
  public var codes: Tensor? { quantized?.codes }
  /// The scales; nil for floats, of shape `[0]` for codes without.
  public var scales: Tensor? { quantized?.scales }
  /// The zero points; nil for floats and symmetric codes.
  public var zeroPoints: Tensor? { quantized?.zeroPoints }
  /// Bytes in the best way to store them, scales and zero points included.
  public var storedBytes: Int { size.best }
  /// Share of zeros.
  public var sparsity: Double { Double(zeroCount) / Double(max(layer.parameters, 1)) }
  /// Whether the weights are the original ones.
  public var isUntouched: Bool { quantized == nil && prunedCount == 0 }

  /// The values that codes can stand for, ascending, when one scale or palette serves the whole layer;
  /// empty otherwise, and for floats and 16 bits.
  public var levels: [Float] {
    guard let quantized, let weights = setting.weights, weights.bits <= 8,
      quantized.layout.count == 1
    else { return [] }
    switch quantized.form.kind {
    case .floats: return []
    case .palette:
      // Repeated where there were fewer values than levels.
      return Array(Set(quantized.palettes?.floats ?? [])).sorted()
    case .integers:
      guard let scale = quantized.scales.floats.first else { return [] }
      guard let zero = quantized.zeroPoints?.integers.first else {
        let limit = max((1 << (weights.bits - 1)) - 1, 1)
        return (-limit...limit).map { Float($0) * scale }
      }
      return (0..<(1 << weights.bits)).map { Float($0 - zero) * scale }
    }
  }

  /// The signal to noise ratio against other weights of the same shape in dB, as ``sqnr``.
  public func signalToNoise(original: Tensor) -> Double {
    var squares = SquareSums()
    dequantized.withElements(of: Float.self) { after in
      guard let base = after.baseAddress else { return }
      original.forEachBlock { before, first in
        WeightKernels.addSquares(before, base + first, to: &squares)
      }
    }
    return squares.decibels
  }

  /// The same weights with another ratio.
  func withSQNR(_ sqnr: Double) -> CompressedWeights {
    CompressedWeights(
      layer: layer, setting: setting, prunedCount: prunedCount, zeroCount: zeroCount,
      cutOff: cutOff, quantized: quantized, dequantized: dequantized, size: size, sqnr: sqnr)
  }

  /// The figures alone.
  var measure: LayerMeasure {
    LayerMeasure(
      prunedCount: prunedCount, zeroCount: zeroCount, size: size, isUntouched: isUntouched)
  }
}
