import COneDNN
import Tensors

/// How the elements of a value lie in memory: plain row-major, strided, or one of oneDNN's blocked
/// layouts.
///
/// Rank 0 is described as one element of rank 1, which oneDNN has no word for.
final class DataLayout: @unchecked Sendable, Equatable {
  // @unchecked: the descriptor never changes after init and is freed with this object.
  let handle: OpaquePointer
  /// Lengths of the axes.
  let shape: [Int]
  /// Bytes that a buffer takes, padding included.
  let byteCount: Int
  /// How the elements are stored.
  let format: FloatFormat
  /// Whether the elements lie as in a dense row-major array.
  let isDense: Bool

  /// Whether this is what tensors are: 32-bit floats in a dense row-major array.
  var isPlain: Bool { isDense && format == .float32 }

  /// Takes over a descriptor.
  init(adopting handle: OpaquePointer) {
    self.handle = handle
    let rank = Int(cdnn_layout_rank(handle))
    var dims = [Int64](repeating: 0, count: max(rank, 1))
    cdnn_layout_dims(handle, &dims)
    shape = dims.prefix(rank).map { Int($0) }
    byteCount = cdnn_layout_bytes(handle)
    format = cdnn_layout_type(handle) == CDNN_BF16 ? .bfloat16 : .float32
    isDense = cdnn_layout_is_plain(handle) != 0
  }

  deinit { cdnn_layout_free(handle) }

  /// Dense row-major, or with the given strides in elements.
  static func plain(
    _ shape: [Int], strides: [Int]? = nil, _ format: FloatFormat = .float32
  ) throws(OneDNNError) -> DataLayout {
    let dims = (shape.isEmpty ? [1] : shape).map { Int64($0) }
    var handle: OpaquePointer?
    try OneDNNError.check(
      cdnn_layout_create(
        &handle, Int32(dims.count), dims, strides?.map { Int64($0) }, format.code))
    return try adopt(handle)
  }

  /// Whatever layout a primitive likes best.
  static func any(
    _ shape: [Int], _ format: FloatFormat = .float32
  ) throws(OneDNNError) -> DataLayout {
    let dims = (shape.isEmpty ? [1] : shape).map { Int64($0) }
    var handle: OpaquePointer?
    try OneDNNError.check(
      cdnn_layout_create_any(&handle, Int32(dims.count), dims, format.code))
    return try adopt(handle)
  }

  /// Channels in blocks as wide as the processor's vectors, for rank 3 to 5.
  static func blocked(_ shape: [Int], _ format: FloatFormat) throws(OneDNNError) -> DataLayout {
    let dims = shape.map { Int64($0) }
    var handle: OpaquePointer?
    try OneDNNError.check(
      cdnn_layout_create_blocked(&handle, Int32(dims.count), dims, format.code))
    return try adopt(handle)
  }

  /// The same arrangement of elements stored otherwise.
  func stored(as format: FloatFormat) throws(OneDNNError) -> DataLayout {
    if format == self.format { return self }
    var handle: OpaquePointer?
    try OneDNNError.check(cdnn_layout_with_type(&handle, self.handle, format.code))
    return try DataLayout.adopt(handle)
  }

  /// Bytes from one row of the first axis to the next; nil when rows do not lie whole one after
  /// another.
  var rowBytes: Int? {
    let bytes = cdnn_layout_row_bytes(handle)
    return bytes == 0 ? nil : bytes
  }

  /// The same arrangement with another number of rows.
  func withRows(_ rows: Int) throws(OneDNNError) -> DataLayout {
    var handle: OpaquePointer?
    try OneDNNError.check(cdnn_layout_with_rows(&handle, self.handle, Int64(rows)))
    return try DataLayout.adopt(handle)
  }

  private static func adopt(_ handle: OpaquePointer?) throws(OneDNNError) -> DataLayout {
    guard let handle else { throw OneDNNError(status: 1) }
    return DataLayout(adopting: handle)
  }

  static func == (a: DataLayout, b: DataLayout) -> Bool {
    a === b || cdnn_layout_equal(a.handle, b.handle) != 0
  }
}

/// Row-major strides of a shape, in elements.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() {
    strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
  }
  return strides
}
