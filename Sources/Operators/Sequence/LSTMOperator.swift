import NetworkGraph
import Tensors

/// ONNX `LSTM`: long short-term memory, with peepholes, clipping and coupled gates.
struct LSTMOperator: Operator {
  let name = "LSTM"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    try RecurrentShape.facts(call, inputs, gates: Cell.gates, states: 2)
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    RecurrentShape.multiplyAdds(call, inputs, gates: Cell.gates)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let layer = try RecurrentLayer(
      call, inputs, gates: Cell.gates, states: ["initial_h", "initial_c"])
    let directions = layer.shape.passes.count
    let peepholes = try RecurrentLayer.values(
      inputs.optional(7), "P", shape: [directions, 3 * layer.shape.hidden])
    let activations = try RecurrentActivation.all(
      call, defaults: ["Sigmoid", "Tanh", "Tanh"], directions: directions)
    return try layer.run(
      Cell(
        activations: activations, peepholes: peepholes,
        couplesGates: call.int("input_forget", default: 0) != 0))
  }

  private struct Cell: RecurrentCell {
    static let gates = 4
    let activations: [RecurrentActivation]
    let peepholes: [Double]?
    let couplesGates: Bool

    // Gates lie in the order input, output, forget, cell; peepholes input, output, forget.
    func step(_ input: [Double], _ states: inout [[Double]], _ pass: RecurrentPass) {
      let hidden = states[0]
      let gate = activations[pass.number * 3]
      func sum(_ number: Int, _ unit: Int) -> Double {
        input[number * pass.hidden + unit]
          + pass.recurrent(hidden, gate: number, unit: unit)
          + pass.inputBias(gate: number, unit: unit) + pass.stateBias(gate: number, unit: unit)
      }
      func peephole(_ number: Int, _ unit: Int) -> Double {
        peepholes?[(pass.number * 3 + number) * pass.hidden + unit] ?? 0
      }
      for unit in 0..<pass.hidden {
        let cell = states[1][unit]
        let admit = gate(pass.clipped(sum(0, unit) + peephole(0, unit) * cell))
        let keep =
          couplesGates
          ? 1 - admit : gate(pass.clipped(sum(2, unit) + peephole(2, unit) * cell))
        let candidate = activations[pass.number * 3 + 1](pass.clipped(sum(3, unit)))
        let next = keep * cell + admit * candidate
        let emit = gate(pass.clipped(sum(1, unit) + peephole(1, unit) * next))
        states[1][unit] = next
        states[0][unit] = emit * activations[pass.number * 3 + 2](next)
      }
    }
  }
}
