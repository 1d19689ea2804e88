import Tensors

/// How a loss depends on the inputs of an operator, given how it depends on its outputs: one step of
/// reverse-mode differentiation.
///
/// A rule is a stateless value; one file per rule, registered by one line in ``GradientRegistry``.
public protocol GradientRule: Sendable {
  /// The ONNX operators that the rule is for.
  var operators: [String] { get }

  /// dL/d(input) of each input, float32 in its shape; nil where it is not asked for or is 0.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` naming what can't be differentiated.
  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?]
}
