import NetworkGraph
import Tensors

/// The meaning of one ONNX operator, in every version from opset 7 to 25 that this package reads: its
/// shape rule, its cost and its reference kernel.
///
/// An operator is a stateless value; one file per operator, registered by one line in
/// ``OperatorRegistry``. Missing optional inputs are nil, also at the end of the list.
public protocol Operator: Sendable {
  /// The ONNX operator type, such as `Conv`.
  var name: String { get }
  /// The ONNX domain; empty for ONNX's own.
  var domain: String { get }

  /// The shape rule: facts of the outputs from facts of the inputs.
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` or `unsupported`; the caller adds the node.
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact]

  /// Multiply-adds of one run with these shapes; 0 for operators that do not multiply and add.
  func multiplyAdds(_ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]) -> Int

  /// Why this node can't be run although the operator is known (an unsupported attribute value);
  /// nil when it can.
  func unsupportedReason(_ call: OperatorCall) -> String?

  /// The reference kernel: exact meaning before speed. It is the oracle of the fast executor.
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` or `unsupported`; the caller adds the node.
  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor]
}

extension Operator {
  /// ONNX's own domain.
  public var domain: String { "" }

  /// No multiply-adds.
  public func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int { 0 }

  /// Supported.
  public func unsupportedReason(_ call: OperatorCall) -> String? { nil }
}
