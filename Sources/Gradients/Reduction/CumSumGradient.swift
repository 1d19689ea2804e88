import NetworkGraph
import Operators
import Tensors

/// The gradient of `CumSum`: the running sum the other way.
struct CumSumGradient: GradientRule {
  let operators = ["CumSum"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), step.inputs.count > 1, let axis = step.inputs[1] else {
      return [nil, nil]
    }
    var node = step.call.node
    node.attributes["reverse"] = .int(node.int("reverse") ?? 0 == 0 ? 1 : 0)
    let call = OperatorCall(node: node, opset: step.call.opset)
    return [try OperatorRegistry.standard[node]?.run(call, [step.gradient, axis]).first, nil]
  }
}
