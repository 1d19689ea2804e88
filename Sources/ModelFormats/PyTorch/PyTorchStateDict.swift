import OrderedCollections
import Tensors

/// A state dictionary to write: what `torch.load` gives back and `load_state_dict` takes.
public struct PyTorchStateDict: Sendable {
  /// What a key leads to.
  public enum Value: Sendable {
    /// A tensor of any type but strings.
    case tensor(Tensor)
    /// Weight and bias of a quantized linear module: the tuple under `_packed_params`.
    case packed(PyTorchQuantized, bias: Tensor?)
    /// The dtype `torch.qint8`.
    case qint8
  }

  /// The entries in the order of the modules.
  public var entries: OrderedDictionary<String, Value> = [:]
  /// The versions of modules that need theirs to be loaded (`_metadata`), by module name.
  public var versions: OrderedDictionary<String, Int> = [:]

  /// An empty dictionary.
  public init() {}

  /// Adds a linear module of `torch.ao.nn.quantized.dynamic` with the keys that its version 4 saves
  /// and loads (torch/ao/nn/quantized/modules/linear.py; `LinearPackedParams` is version 3).
  public mutating func addDynamicLinear(
    _ module: String, weight: PyTorchQuantized, bias: Tensor?
  ) {
    // Scale and zero point of the output belong to static modules; dynamic ones keep the defaults.
    entries["\(module).scale"] = .tensor(Tensor(scalar: Float(1)))
    entries["\(module).zero_point"] = .tensor(Tensor(scalar: Int64(0)))
    entries["\(module)._packed_params.dtype"] = .qint8
    entries["\(module)._packed_params._packed_params"] = .packed(weight, bias: bias)
    versions[module] = 4
    versions["\(module)._packed_params"] = 3
  }
}
