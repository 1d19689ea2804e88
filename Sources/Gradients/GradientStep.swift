import Operators
import Tensors

/// One node on the way back: what went in, what came out, and how the loss depends on what came out.
public struct GradientStep: Sendable {
  /// The node.
  public let call: OperatorCall
  /// The node's inputs in order; nil for omitted ones.
  public let inputs: [Tensor?]
  /// The node's outputs in order.
  public let outputs: [Tensor?]
  /// dL/d(output) of each output, float32 in its shape; nil where the loss does not depend on it.
  public let outputGradients: [Tensor?]
  /// Which inputs' gradients are asked for.
  public let wanted: [Bool]

  /// Makes a step.
  public init(
    call: OperatorCall, inputs: [Tensor?], outputs: [Tensor?], outputGradients: [Tensor?],
    wanted: [Bool]
  ) {
    self.call = call
    self.inputs = inputs
    self.outputs = outputs
    self.outputGradients = outputGradients
    self.wanted = wanted
  }

  /// The input at `index`, float32.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when it is missing or no float32.
  func input(_ index: Int) throws(EngineError) -> Tensor {
    guard index < inputs.count, let input = inputs[index], input.type == .float32 else {
      throw EngineError(
        .unsupported, problem: "input \(index) is no float32 tensor, so it has no gradient",
        remedy: "Convert the model to float32")
    }
    return input
  }

  /// Whether the gradient of the input at `index` is asked for.
  func wants(_ index: Int) -> Bool { index < wanted.count && wanted[index] }

  /// dL/d(first output); zeros when the loss does not depend on it.
  var gradient: Tensor {
    if let given = outputGradients.first ?? nil { return given }
    return Tensor.filled(outputs.first??.shape ?? [], with: Float(0))
  }
}
