import COneDNN

/// An element-wise function that a primitive applies to its result before storing it.
struct PostOp: Sendable {
  let function: Int
  var alpha: Float = 0
  var beta: Float = 0

  /// The shim's form.
  var c: cdnn_post_op { cdnn_post_op(function: Int32(function), alpha: alpha, beta: beta) }
}
