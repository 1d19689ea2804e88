/// A storage that tensors of a file share, as the pickle describes it.
struct PyTorchStorage: Hashable {
  /// What the file calls it.
  let key: String
  /// The type of its elements; nil for bytes whose type the tensors state.
  let type: PyTorchType?
  /// Its length in elements (bytes when it has no type).
  let count: Int
  /// Where a view of another storage begins, in elements; 0 otherwise.
  var offset = 0
  /// The length of that other storage in elements.
  var rootCount: Int

  /// A whole storage.
  init(key: String, type: PyTorchType?, count: Int) {
    self.key = key
    self.type = type
    self.count = count
    rootCount = count
  }

  /// A part of a storage.
  init(viewing root: PyTorchStorage, offset: Int, count: Int) {
    key = root.key
    type = root.type
    self.count = count
    self.offset = root.offset + offset
    rootCount = root.rootCount
  }

  /// Bytes of an element.
  var elementSize: Int { type?.elementType.byteSize ?? 1 }
}
