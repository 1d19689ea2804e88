import ModelCompression
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors

/// Makes the state dictionaries of a compressed model; values are read when they are written.
struct StateDictBuilder {
  let model: OpenedModel
  let layout: StateDictLayout
  /// One a layer; nil for layers left alone.
  let weights: [CompressedWeights?]

  /// All tensors under their keys, the compressed weights as floats with their zeros.
  var floats: OrderedDictionary<String, Tensor> {
    var result: OrderedDictionary<String, Tensor> = [:]
    for entry in layout.order { result[entry.key] = float(entry) }
    return result
  }

  /// The plain form.
  var plain: PyTorchStateDict {
    var state = PyTorchStateDict()
    for (key, tensor) in floats { state.entries[key] = .tensor(tensor) }
    return state
  }

  /// The form that `torch.nn.utils.prune` leaves: `<w>_orig` with a value for every weight, and
  /// `<w>_mask`, whose product is the compressed weight.
  ///
  /// Pruned places keep the original value, so that training can bring them back; a mask is 0 wherever
  /// the compressed weight is.
  var masked: PyTorchStateDict {
    var state = PyTorchStateDict()
    for entry in layout.order {
      guard let index = entry.layer, let pruned = weights[index], pruned.prunedCount > 0 else {
        state.entries[entry.key] = .tensor(float(entry))
        continue
      }
      let layer = layout.layers[index]
      let original = model.weights[index]
      let values = Self.combined(original, pruned.dequantized) { $1 == 0 ? $0 : $1 }
      let mask = Self.combined(original, pruned.dequantized) { $1 == 0 ? 0 : 1 }
      state.entries[entry.key + "_orig"] = .tensor(layer.stored(values))
      state.entries[entry.key + "_mask"] = .tensor(layer.stored(mask))
    }
    return state
  }

  /// The form of `torch.ao.nn.quantized.dynamic`: linear layers of 8 symmetric bits or fewer, per
  /// tensor or channel, as `qint8`; everything else as in ``plain``.
  var dynamicInt8: PyTorchStateDict {
    var state = PyTorchStateDict()
    let biases = Set(quantizedLinear.compactMap { layout.layers[$0].bias })
    let bySource = Dictionary(
      layout.order.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in layout.order where !biases.contains(entry.source) {
      guard let index = entry.layer, isQuantizedLinear(index),
        let quantized = weights[index]?.quantized
      else {
        state.entries[entry.key] = .tensor(float(entry))
        continue
      }
      let layer = layout.layers[index]
      state.addDynamicLinear(
        layer.module,
        weight: PyTorchQuantized(
          codes: layer.stored(quantized.codes), scales: quantized.scales,
          axis: weights[index]?.setting.weights?.granularity == .tensor ? nil : 0),
        bias: layer.bias.flatMap { bySource[$0]?.tensor })
    }
    return state
  }

  /// The layers that ``dynamicInt8`` stores as integers.
  var quantizedLinear: [Int] { weights.indices.filter(isQuantizedLinear) }

  private func isQuantizedLinear(_ index: Int) -> Bool {
    guard layout.layers[index].isLinear, layout.layers[index].key.hasSuffix(".weight"),
      let entry = weights[index], let quantized = entry.quantized, quantized.zeroPoints == nil,
      quantized.codes.type == .int8, let setting = entry.setting.weights,
      setting.scheme == .symmetric
    else { return false }
    return setting.granularity == .tensor || setting.granularity == .channel
  }

  private func float(_ entry: StateDictLayout.Entry) -> Tensor {
    guard let index = entry.layer else { return entry.tensor }
    return layout.layers[index].stored(weights[index]?.dequantized ?? entry.tensor)
  }

  /// A value for each pair of values, made when they are first read.
  private static func combined(
    _ first: Tensor, _ second: Tensor, _ combine: @escaping @Sendable (Float, Float) -> Float
  ) -> Tensor {
    let storage = TensorStorage(onDemand: first.count * 4) { target in
      second.withElements(of: Float.self) { others in
        first.forEachBlock { values, start in
          for index in values.indices {
            target.storeBytes(
              of: combine(values[index], others[start + index]),
              toByteOffset: (start + index) * 4, as: Float.self)
          }
        }
      }
    }
    return Tensor(type: .float32, shape: first.shape, storage: storage)
  }
}
