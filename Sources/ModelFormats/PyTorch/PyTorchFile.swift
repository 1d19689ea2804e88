import OrderedCollections
import Tensors

/// The weights of a `.pth` or `.pt` file.
public struct PyTorchFile: Sendable {
  /// The tensors by name in the order of the file, views of it where they lie in order.
  ///
  /// Names are those of the state dictionary without `module.` in front. Quantized tensors are the
  /// float32 numbers that they stand for; `<m>._packed_params` of PyTorch's quantized modules are
  /// `<m>.weight` and `<m>.bias`; `<w>_orig` and `<w>_mask` of `torch.nn.utils.prune` are their
  /// product under the name `<w>`.
  public let tensors: OrderedDictionary<String, Tensor>
  /// The integer codes of the quantized tensors.
  public let codes: [String: Tensor]
  /// The names of the tensors that are products with a mask.
  public let maskedNames: Set<String>
  /// The keys that lead to the state dictionary in a checkpoint that holds more; empty when the file
  /// is the state dictionary.
  public let location: [String]
  /// Bytes of the file.
  public let fileBytes: Int
}
