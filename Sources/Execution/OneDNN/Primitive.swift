import COneDNN
import Tensors

/// One prepared oneDNN operation, used by all threads at once.
final class Primitive: @unchecked Sendable {
  // @unchecked: oneDNN primitives are immutable, and with scratch memory of the calling thread
  // their execution is safe from many threads.
  private let handle: OpaquePointer
  /// oneDNN's implementation, such as `brgconv:avx512_core`.
  let implementation: String

  /// Makes a primitive with one of the shim's creating functions.
  init(_ make: (inout OpaquePointer?) -> Int32) throws(OneDNNError) {
    var result: OpaquePointer?
    try OneDNNError.check(make(&result))
    guard let result else { throw OneDNNError(status: 1) }
    handle = result
    implementation = String(cString: cdnn_primitive_implementation(result))
  }

  deinit { cdnn_primitive_free(handle) }

  /// Whether oneDNN has only its slow, simple form of this operation.
  var isSlow: Bool { implementation.hasPrefix("ref") }

  /// The layout that the primitive wants for an argument.
  func layout(_ argument: Int) throws(OneDNNError) -> DataLayout {
    var layout: OpaquePointer?
    try OneDNNError.check(cdnn_primitive_layout(handle, Int32(argument), &layout))
    guard let layout else { throw OneDNNError(status: 1) }
    return DataLayout(adopting: layout)
  }

  /// Runs on the calling thread; the three lists go together.
  func execute(
    arguments: [Int32], layouts: [OpaquePointer?], data: UnsafePointer<UnsafeMutableRawPointer?>
  ) throws(OneDNNError) {
    try OneDNNError.check(
      cdnn_execute(handle, Int32(arguments.count), arguments, layouts, data))
  }

  /// A copy from one layout to another.
  static func reorder(_ source: DataLayout, _ target: DataLayout) throws(OneDNNError) -> Primitive {
    try Primitive { cdnn_reorder(&$0, source.handle, target.handle) }
  }
}
