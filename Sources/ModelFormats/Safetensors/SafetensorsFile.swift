import OrderedCollections
import Tensors

/// The tensors of a safetensors file, or of all shards of an index.
public struct SafetensorsFile: Sendable {
  /// The tensors in the order of their data; views of the mapped files.
  public let tensors: OrderedDictionary<String, Tensor>
  /// The `__metadata__` texts, such as `format`.
  public let metadata: OrderedDictionary<String, String>
  /// Bytes of all files together.
  public let fileBytes: Int
}
