import NetworkGraph
import Tensors

extension CompressedWeights {
  /// Which factors the output channels of compressed weights can be multiplied by.
  public enum OutputScaling: Sendable, Hashable {
    /// Each channel by its own.
    case channels
    /// All by the same one.
    case whole
    /// None: what they are stored as can't express it.
    case none
  }

  /// Which factors ``scalingOutputs(by:original:)`` takes.
  public var outputScaling: OutputScaling {
    guard layer.op != "ConvTranspose" || layer.group == 1 else { return .none }
    guard let quantized else { return .channels }
    guard quantized.form.kind == .integers, quantized.form.hasScales else { return .none }
    return switch quantized.layout.form {
    case .tensor: .whole
    case .axis(let axis): axis == layer.outputAxis ? .channels : .none
    case .blocks(let axis, _): axis == layer.inputAxis ? .channels : .none
    case .channelsOfGroups, .runsOfChannels: .none
    }
  }

  /// The same weights with each output channel multiplied by a factor: of quantized weights the scales,
  /// so that codes, zero points and zeros stay what they are.
  ///
  /// - Parameters:
  ///   - factors: One above 0 for each output channel; all equal when ``outputScaling`` is `whole`.
  ///   - original: The original weights: ``sqnr`` is against them.
  /// - Returns: Nil where that can't be expressed, or a weight would not be finite.
  /// - Complexity: O(n).
  public func scalingOutputs(by factors: [Float], original: Tensor) -> CompressedWeights? {
    guard factors.count == layer.outputChannels, factors.allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    switch outputScaling {
    case .none: return nil
    case .whole where Set(factors).count > 1: return nil
    default: break
    }
    let axis = layer.outputAxis
    guard let quantized else {
      let scaled = dequantized.scaled(alongAxis: axis, by: factors)
      return scaled.isFinite
        ? replacing(quantized: nil, dequantized: scaled, original: original) : nil
    }
    let scales =
      switch quantized.layout.form {
      case .tensor: quantized.scales.scaled(by: factors.first ?? 1)
      case .axis: quantized.scales.scaled(alongAxis: 0, by: factors)
      case .blocks, .channelsOfGroups, .runsOfChannels:
        quantized.scales.scaled(alongAxis: axis, by: factors)
      }
    let values = quantized.dequantized(scales: scales)
    guard values.isFinite, scales.isFinite else { return nil }
    return replacing(
      quantized: QuantizedWeights(
        form: quantized.form, codes: quantized.codes, scales: scales,
        zeroPoints: quantized.zeroPoints, palettes: quantized.palettes, dequantized: values),
      dequantized: values, original: original)
  }

  private func replacing(
    quantized: QuantizedWeights?, dequantized: Tensor, original: Tensor
  ) -> CompressedWeights {
    let scaled = CompressedWeights(
      layer: layer, setting: setting, prunedCount: prunedCount, zeroCount: zeroCount,
      cutOff: cutOff, quantized: quantized, dequantized: dequantized, size: size, sqnr: sqnr)
    return scaled.withSQNR(scaled.signalToNoise(original: original))
  }
}

extension QuantizedWeights {
  /// (code - zero point) x scale in float32 with other scales.
  func dequantized(scales: Tensor) -> Tensor {
    let codes = codes.integers
    let zeros = zeroPoints?.integers
    return Tensor.building(self.codes.shape) { result in
      scales.withElements(of: Float.self) { scales in
        layout.forEachRun(in: 0..<codes.count) { run, first, step in
          var scale = first
          for index in run {
            result[index] = Float(codes[index] - (zeros?[scale] ?? 0)) * scales[scale]
            scale += step
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Every element times a factor.
  fileprivate func scaled(by factor: Float) -> Tensor {
    Tensor(shape, array(of: Float.self).map { $0 * factor })
  }

  /// Every element times the factor of its index along an axis.
  fileprivate func scaled(alongAxis axis: Int, by factors: [Float]) -> Tensor {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let length = shape[axis]
    return withElements(of: Float.self) { values in
      Tensor.building(shape) { result in
        for index in values.indices {
          result[index] = values[index] * factors[index / inner % length]
        }
      }
    }
  }

  fileprivate var isFinite: Bool { withElements(of: Float.self) { $0.allSatisfy(\.isFinite) } }
}
