import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors

/// Makes the tensors and the `config.json` of a compressed-tensors file; values are read when they are
/// written.
struct CompressedTensorsBuilder {
  let model: OpenedModel
  let layout: StateDictLayout
  /// One a layer; nil for layers left alone.
  let weights: [CompressedWeights?]
  let format: CompressedTensorsConfig.Format

  /// The tensors by name, and what tells how to read them.
  func build() -> (tensors: OrderedDictionary<String, Tensor>, config: CompressedTensorsConfig) {
    var config = CompressedTensorsConfig(format: format)
    var tensors: OrderedDictionary<String, Tensor> = [:]
    var zeros = 0
    var parameters = 0
    for entry in layout.order {
      guard let index = entry.layer, let compressed = weights[index] else {
        tensors[entry.key] = stored(entry, entry.tensor)
        continue
      }
      let layer = layout.layers[index]
      if let scheme = scheme(index) {
        config.add(layer.module, scheme)
        for part in quantized(index, scheme) {
          tensors["\(layer.module).\(part.name)"] = part.tensor
        }
      } else if isSparse(index) {
        config.add(layer.module)
        zeros += compressed.zeroCount
        parameters += compressed.layer.parameters
        let weight = layer.stored(compressed.dequantized)
        let parts =
          format == .sparseBitmask
          ? SparseBitmask.parts(
            of: weight, nonzeros: compressed.layer.parameters - compressed.zeroCount)
          : SparseTwoOfFour.parts(of: weight)
        for part in parts { tensors["\(layer.module).\(part.name)"] = part.tensor }
      } else {
        tensors[entry.key] = layer.stored(compressed.dequantized)
      }
    }
    config.sparsity = Double(zeros) / Double(max(parameters, 1))
    return (tensors, config)
  }

  /// The layers that are stored in the form.
  var covered: [Int] { weights.indices.filter { scheme($0) != nil || isSparse($0) } }

  private func stored(_ entry: StateDictLayout.Entry, _ tensor: Tensor) -> Tensor {
    entry.layer.map { layout.layers[$0].stored(tensor) } ?? tensor
  }

  private func hasModule(_ index: Int) -> Bool { layout.layers[index].key.hasSuffix(".weight") }

  /// Whether a layer's zeros are left out.
  private func isSparse(_ index: Int) -> Bool {
    guard format.isSparse, hasModule(index), let compressed = weights[index],
      compressed.prunedCount > 0
    else { return false }
    guard format == .sparse24Bitmask else { return compressed.layer.shape.count >= 1 }
    return compressed.setting.prune?.isTwoOfFour == true
      && SparseTwoOfFour.canHold(layout.layers[index].storedShape(compressed.layer.shape))
  }

  /// How a layer's codes are stored; nil for layers that stay floats.
  private func scheme(_ index: Int) -> CompressedTensorsScheme? {
    guard !format.isSparse, hasModule(index),
      layout.layers[index].isLinear || layout.layers[index].isEmbedding,
      let compressed = weights[index], let quantized = compressed.quantized,
      let setting = compressed.setting.weights
    else { return nil }
    let isFloat = quantized.codes.type == .float8e4m3fn && quantized.scales.count > 0
    let isSymmetric = quantized.zeroPoints == nil
    let isInteger =
      quantized.codes.type == .int8 && isSymmetric && setting.scheme == .symmetric
      || quantized.codes.type == .uint8 && !isSymmetric
    guard format == .floatQuantized ? isFloat : isInteger else { return nil }
    let strategy: CompressedTensorsScheme.Strategy
    switch setting.granularity {
    case .tensor: strategy = .tensor
    case .channel: strategy = .channel
    case .group(let size):
      // The package's groups divide the row.
      guard compressed.layer.shape[compressed.layer.inputAxis] % size == 0 else { return nil }
      strategy = .group(size)
    }
    let bits = format == .packQuantized && setting.bits <= 4 ? 4 : 8
    return CompressedTensorsScheme(
      bits: bits, isFloat: isFloat, isSymmetric: isSymmetric, strategy: strategy)
  }

  private func quantized(
    _ index: Int, _ scheme: CompressedTensorsScheme
  ) -> [(name: String, tensor: Tensor)] {
    guard let quantized = weights[index]?.quantized else { return [] }
    let layer = layout.layers[index]
    let codes = layer.stored(quantized.codes)
    let rows = codes.shape[0]
    func matrix(_ parameters: Tensor) -> Tensor {
      switch scheme.strategy {
      case .tensor: parameters.reshaped([1])
      case .channel: parameters.reshaped([rows, 1])
      case .group: layer.stored(parameters)
      }
    }
    var parts: [(name: String, tensor: Tensor)] = []
    if format == .packQuantized {
      parts.append(("weight_packed", PackedCodes.pack(codes, bits: scheme.bits)))
      parts.append(("weight_shape", Tensor([2], codes.shape.map { Int64($0) })))
    } else {
      parts.append(("weight", scheme.isSymmetric ? codes : codes.signedLater(bits: 8)))
    }
    parts.append(("weight_scale", matrix(quantized.scales)))
    if let zeroPoints = quantized.zeroPoints {
      let zeros = matrix(zeroPoints)
      if format == .packQuantized, scheme.strategy != .tensor {
        parts.append(
          (
            "weight_zero_point",
            PackedCodes.pack(zeros.transposedLater(), bits: scheme.bits).transposedLater()
          ))
      } else {
        parts.append(("weight_zero_point", zeros.signedLater(bits: scheme.bits)))
      }
    }
    return parts
  }
}

extension StateDictLayout.Layer {
  /// The axes of the file.
  func storedShape(_ shape: [Int]) -> [Int] { isTransposed ? shape.reversed() : shape }
}

extension Tensor {
  /// Unsigned codes of b bits less 2^(b-1), as signed ones; made when they are first read.
  fileprivate func signedLater(bits: Int) -> Tensor {
    let middle = UInt8(truncatingIfNeeded: 1 << (bits - 1))
    let storage = TensorStorage(onDemand: count) { [self] target in
      withBytes { source in
        for index in target.indices { target[index] = source[index] &- middle }
      }
    }
    return Tensor(type: .int8, shape: shape, storage: storage)
  }
}
