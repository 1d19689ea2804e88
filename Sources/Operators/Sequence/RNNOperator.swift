import NetworkGraph
import Tensors

/// ONNX `RNN`: the simple recurrent layer.
struct RNNOperator: Operator {
  let name = "RNN"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    try RecurrentShape.facts(call, inputs, gates: Cell.gates, states: 1)
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    RecurrentShape.multiplyAdds(call, inputs, gates: Cell.gates)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let layer = try RecurrentLayer(call, inputs, gates: Cell.gates, states: ["initial_h"])
    let activations = try RecurrentActivation.all(
      call, defaults: ["Tanh"], directions: layer.shape.passes.count)
    return try layer.run(Cell(activations: activations))
  }

  private struct Cell: RecurrentCell {
    static let gates = 1
    let activations: [RecurrentActivation]

    func step(_ input: [Double], _ states: inout [[Double]], _ pass: RecurrentPass) {
      let hidden = states[0]
      for unit in 0..<pass.hidden {
        let sum =
          input[unit] + pass.recurrent(hidden, gate: 0, unit: unit)
          + pass.inputBias(gate: 0, unit: unit) + pass.stateBias(gate: 0, unit: unit)
        states[0][unit] = activations[pass.number](pass.clipped(sum))
      }
    }
  }
}
