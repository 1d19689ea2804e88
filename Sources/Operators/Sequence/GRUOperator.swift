import NetworkGraph
import Tensors

/// ONNX `GRU`: gated recurrent unit, with the reset before or after the product.
struct GRUOperator: Operator {
  let name = "GRU"

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
      call, defaults: ["Sigmoid", "Tanh"], directions: layer.shape.passes.count)
    return try layer.run(
      Cell(
        activations: activations,
        resetsAfterProduct: call.int("linear_before_reset", default: 0) != 0))
  }

  private struct Cell: RecurrentCell {
    static let gates = 3
    let activations: [RecurrentActivation]
    let resetsAfterProduct: Bool

    // Gates lie in the order update, reset, hidden.
    func step(_ input: [Double], _ states: inout [[Double]], _ pass: RecurrentPass) {
      let hidden = states[0]
      let gate = activations[pass.number * 2]
      let units = 0..<pass.hidden
      func gateValue(_ number: Int, _ unit: Int) -> Double {
        gate(
          pass.clipped(
            input[number * pass.hidden + unit] + pass.recurrent(hidden, gate: number, unit: unit)
              + pass.inputBias(gate: number, unit: unit)
              + pass.stateBias(gate: number, unit: unit)))
      }
      let reset = units.map { gateValue(1, $0) }
      let resetState = zip(reset, hidden).map { $0 * $1 }
      for unit in units {
        let update = gateValue(0, unit)
        let stateBias = pass.stateBias(gate: 2, unit: unit)
        let recurrent =
          resetsAfterProduct
          ? reset[unit] * (pass.recurrent(hidden, gate: 2, unit: unit) + stateBias)
          : pass.recurrent(resetState, gate: 2, unit: unit) + stateBias
        let candidate = activations[pass.number * 2 + 1](
          pass.clipped(
            input[2 * pass.hidden + unit] + recurrent + pass.inputBias(gate: 2, unit: unit)))
        states[0][unit] = (1 - update) * candidate + update * hidden[unit]
      }
    }
  }
}
