import NetworkGraph
import Tensors

/// The shapes of a recurrent layer, shared by LSTM, GRU and RNN.
struct RecurrentShape {
  /// Which way a pass goes through the sequence.
  enum Pass { case forward, reverse }

  let steps: Int
  let batch: Int
  let features: Int
  let hidden: Int
  let gates: Int
  let passes: [Pass]
  /// Whether the batch is the first axis (`layout` 1).
  let isBatchFirst: Bool

  /// Shape of the output with all steps.
  var sequenceOutput: [Int] {
    isBatchFirst
      ? [batch, steps, passes.count, hidden] : [steps, passes.count, batch, hidden]
  }
  /// Shape of the last state.
  var stateOutput: [Int] {
    isBatchFirst ? [batch, passes.count, hidden] : [passes.count, batch, hidden]
  }
  /// The number of multiply-adds.
  var multiplyAdds: Int {
    [batch, passes.count, gates, hidden, features.addingSaturating(hidden)]
      .reduce(steps) { $0.multiplyingSaturating($1) }
  }

  /// Checks the shapes of the input and of both weights.
  init(
    _ call: OperatorCall, gates: Int, input: [Int], weight: [Int], recurrence: [Int]
  ) throws(EngineError) {
    let direction = call.string("direction", default: "forward")
    switch direction {
    case "forward": passes = [.forward]
    case "reverse": passes = [.reverse]
    case "bidirectional": passes = [.forward, .reverse]
    default: throw Shapes.mismatch("the direction '\(direction)' is not known")
    }
    guard input.count == 3, weight.count == 3, recurrence.count == 3 else {
      throw Shapes.mismatch("X \(input), W \(weight) and R \(recurrence) need a rank of 3")
    }
    isBatchFirst = call.int("layout", default: 0) != 0
    steps = input[isBatchFirst ? 1 : 0]
    batch = input[isBatchFirst ? 0 : 1]
    features = input[2]
    hidden = call.node.int("hidden_size") ?? recurrence[2]
    self.gates = gates
    guard hidden >= 1, hidden <= Shapes.elementLimit,
      weight == [passes.count, gates * hidden, features],
      recurrence == [passes.count, gates * hidden, hidden]
    else {
      throw Shapes.mismatch(
        "W \(weight) and R \(recurrence) do not fit \(passes.count) directions, hidden size "
          + "\(hidden) and \(features) features")
    }
    try Shapes.count(sequenceOutput)
    try Shapes.count(stateOutput)
  }

  /// The facts of the outputs: all steps, then `states` last states.
  static func facts(
    _ call: OperatorCall, _ inputs: [TensorFact?], gates: Int, states: Int
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let weight: TensorFact = try inputs.required(1, "W")
    let recurrence: TensorFact = try inputs.required(2, "R")
    guard let inputShape = input.shape, let weightShape = weight.shape,
      let recurrenceShape = recurrence.shape
    else { return Array(repeating: TensorFact(input.type, nil), count: states + 1) }
    let shape = try RecurrentShape(
      call, gates: gates, input: inputShape, weight: weightShape, recurrence: recurrenceShape)
    return [TensorFact(input.type, shape.sequenceOutput)]
      + Array(repeating: TensorFact(input.type, shape.stateOutput), count: states)
  }

  /// Multiply-adds of a node; 0 when the shapes do not fit.
  static func multiplyAdds(_ call: OperatorCall, _ inputs: [TensorFact?], gates: Int) -> Int {
    guard let input = inputs.optional(0)?.shape, let weight = inputs.optional(1)?.shape,
      let recurrence = inputs.optional(2)?.shape
    else { return 0 }
    do throws(EngineError) {
      return try RecurrentShape(
        call, gates: gates, input: input, weight: weight, recurrence: recurrence
      ).multiplyAdds
    } catch {
      return 0
    }
  }

  /// Where the features of a step begin.
  func inputStart(step: Int, sample: Int) -> Int {
    (isBatchFirst ? sample * steps + step : step * batch + sample) * features
  }

  /// Where the output of a step begins.
  func outputStart(step: Int, pass: Int, sample: Int) -> Int {
    let position =
      isBatchFirst
      ? (sample * steps + step) * passes.count + pass
      : (step * passes.count + pass) * batch + sample
    return position * hidden
  }

  /// Where a state begins.
  func stateStart(pass: Int, sample: Int) -> Int {
    (isBatchFirst ? sample * passes.count + pass : pass * batch + sample) * hidden
  }
}
