import Tensors

/// The only names that a pickle may refer to: everything else is refused.
///
/// None of them is looked up or run anywhere: they are the words of a small language that describes
/// tensors, taken from what `torch.save` writes for state dictionaries (torch/_utils.py,
/// torch/_weights_only_unpickler.py).
enum PickleGlobal: Hashable {
  /// How a tensor is rebuilt from its storage.
  enum Rebuilding: String, CaseIterable {
    case tensor = "_rebuild_tensor"
    case tensor2 = "_rebuild_tensor_v2"
    case tensor3 = "_rebuild_tensor_v3"
    case quantized = "_rebuild_qtensor"
    case parameter = "_rebuild_parameter"
  }

  /// How the numbers of a quantized tensor map to real ones.
  enum Scheme: String {
    case perTensor = "per_tensor_affine"
    case perChannel = "per_channel_affine"
  }

  case orderedDict
  case size
  case device
  case rebuild(Rebuilding)
  case storage(PyTorchType)
  /// Bytes whose type a tensor states.
  case untypedStorage
  case dtype(PyTorchType)
  case scheme(Scheme)

  /// The global of that name; nil for every other one.
  init?(module: String, name: String) {
    switch module {
    case "collections":
      guard name == "OrderedDict" else { return nil }
      self = .orderedDict
    case "torch._utils":
      guard let rebuilding = Rebuilding(rawValue: name) else { return nil }
      self = .rebuild(rebuilding)
    case "torch.storage":
      guard name == "UntypedStorage" else { return nil }
      self = .untypedStorage
    case "torch":
      if name == "Size" {
        self = .size
      } else if name == "device" {
        self = .device
      } else if let type = PyTorchType.ofStorage(name) {
        self = .storage(type)
      } else if let type = PyTorchType.named(name) {
        self = .dtype(type)
      } else if let scheme = Scheme(rawValue: name) {
        self = .scheme(scheme)
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// The error for a name that is not among them.
  static func refusal(_ module: String, _ name: String) -> EngineError {
    let remedy =
      if module.hasPrefix("__torch__") {
        "It is TorchScript: load it with torch.jit.load where you trust it, and save its state_dict()"
      } else {
        "Where you trust the file, load it in Python and save only its weights: "
          + "torch.save(model.state_dict(), \"weights.pth\")"
      }
    return EngineError(
      .unsupported, subject: "global '\(printable(module)).\(printable(name))'",
      problem: "is not read: only tensors, dictionaries, lists, numbers and texts are, and nothing "
        + "in the file is run", remedy: remedy)
  }

  /// At most 80 characters, without those that would move the cursor of a terminal.
  private static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(80) {
      result.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? "?" : scalar)
    }
    return result
  }
}
