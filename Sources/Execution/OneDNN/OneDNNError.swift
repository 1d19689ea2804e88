import COneDNN
import Tensors

/// A status other than success from oneDNN.
struct OneDNNError: Error {
  /// oneDNN's number.
  let status: Int32

  /// oneDNN's own status for "there is no such primitive", upon which a lowering takes another way.
  static let noSuchPrimitive = OneDNNError(status: 3)

  /// oneDNN's word for it.
  var text: String { String(cString: cdnn_status_text(status)) }

  /// The failure as the engine reports it.
  var engineError: EngineError {
    EngineError(
      .unsupported, problem: "oneDNN reports '\(text)'",
      remedy: "Run with the reference executor, or with a smaller batch if memory is short")
  }

  /// Throws unless `status` is success.
  static func check(_ status: Int32) throws(OneDNNError) {
    if status != 0 { throw OneDNNError(status: status) }
  }
}
