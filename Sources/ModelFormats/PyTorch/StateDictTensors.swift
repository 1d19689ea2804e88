import OrderedCollections
import Tensors

/// The tensors of a state dictionary under the names that a plain one would have.
struct StateDictTensors {
  private(set) var tensors: OrderedDictionary<String, Tensor> = [:]
  private(set) var codes: [String: Tensor] = [:]
  private(set) var maskedNames: Set<String> = []

  /// Adds a tensor, and the numbers that it stands for when it is quantized.
  mutating func add(
    _ name: String, _ view: PyTorchView, _ made: inout PyTorchTensors
  ) throws(EngineError) {
    let tensor = try made.tensor(view)
    if let numbers = try made.dequantized(view, codes: tensor) {
      tensors[name] = numbers
      codes[name] = tensor
    } else {
      tensors[name] = tensor
      codes[name] = nil
    }
  }

  /// `fc1.` of `fc1._packed_params._packed_params`.
  static func module(ofPacked key: String) -> String {
    var name = Substring(key)
    while name == "_packed_params" || name.hasSuffix("._packed_params") {
      name = name.dropLast("_packed_params".count)
      if name.hasSuffix("._packed_params.") { name = name.dropLast() }
    }
    return String(name)
  }

  /// Takes wrappers' prefixes off the names, and merges masks into their weights.
  mutating func finish() {
    // Added by DataParallel and by torch.compile.
    for prefix in ["module.", "_orig_mod."] { strip(prefix) }
    let suffix = "_orig"
    guard tensors.keys.contains(where: { $0.hasSuffix(suffix) }) else { return }
    var merged: OrderedDictionary<String, Tensor> = [:]
    for (name, tensor) in tensors {
      let stem = String(name.dropLast(suffix.count))
      if name.hasSuffix(suffix), let mask = tensors[stem + "_mask"], tensors[stem] == nil,
        mask.shape == tensor.shape, tensor.type == .float32
      {
        // "_orig" and "_mask" are equally long.
        merged[stem] = Self.masked(tensor, mask)
        maskedNames.insert(stem)
      } else if name.hasSuffix("_mask"), let weight = tensors[stem + suffix],
        tensors[stem] == nil, weight.shape == tensor.shape, weight.type == .float32
      {
        // Merged with its weight.
        continue
      } else {
        merged[name] = tensor
      }
    }
    tensors = merged
  }

  private mutating func strip(_ prefix: String) {
    guard !tensors.isEmpty, tensors.keys.allSatisfy({ $0.hasPrefix(prefix) }) else { return }
    func rest(_ name: String) -> String { String(name.dropFirst(prefix.count)) }
    // Equal prefixes leave different names different.
    tensors = OrderedDictionary(uniqueKeysWithValues: tensors.map { (rest($0.key), $0.value) })
    codes = Dictionary(uniqueKeysWithValues: codes.map { (rest($0.key), $0.value) })
  }

  /// Weight x mask, as the forward hook of `torch.nn.utils.prune` computes it, without negative zeros.
  private static func masked(_ weight: Tensor, _ mask: Tensor) -> Tensor {
    let factors = mask.floats
    return Tensor.building(weight.shape, of: Float.self) { target in
      weight.forEachBlock { values, first in
        for index in values.indices {
          let factor = factors[first + index]
          target[first + index] = factor == 0 ? 0 : values[index] * factor
        }
      }
    }
  }
}
