import NetworkGraph
import Tensors

/// One step of a recurrent layer: the new state from what the gates get.
protocol RecurrentCell {
  /// Rows of weights, in units of the hidden size.
  static var gates: Int { get }

  /// Updates the states (`[h]`, or `[h, c]`) by one step.
  ///
  /// - Parameters:
  ///   - input: For each gate and unit, the weighted features.
  ///   - states: The states, `hidden` elements each.
  ///   - pass: The weights of this direction.
  func step(_ input: [Double], _ states: inout [[Double]], _ pass: RecurrentPass)
}

/// The weights of one direction.
struct RecurrentPass {
  let hidden: Int
  let number: Int
  let recurrence: [Double]
  /// Biases of the features, then of the state; zeros when not given.
  let bias: [Double]
  private let clip: Double

  init(_ layer: RecurrentLayer, number: Int) {
    hidden = layer.shape.hidden
    self.number = number
    let size = layer.shape.gates * hidden * hidden
    recurrence = Array(layer.recurrence[number * size..<(number + 1) * size])
    let width = 2 * layer.shape.gates * hidden
    bias =
      layer.bias.map { Array($0[number * width..<(number + 1) * width]) }
      ?? [Double](repeating: 0, count: width)
    clip = layer.clip
  }

  /// The weighted state for one unit of a gate.
  func recurrent(_ state: [Double], gate: Int, unit: Int) -> Double {
    let start = (gate * hidden + unit) * hidden
    return recurrence.withUnsafeBufferPointer { weights in
      state.withUnsafeBufferPointer { state in
        guard let weights = weights.baseAddress, let state = state.baseAddress else { return 0 }
        return Double.dot(weights + start, state, count: hidden)
      }
    }
  }

  /// The bias of the features for one unit of a gate.
  func inputBias(gate: Int, unit: Int) -> Double { bias[gate * hidden + unit] }

  /// The bias of the state for one unit of a gate.
  func stateBias(gate: Int, unit: Int) -> Double { bias[bias.count / 2 + gate * hidden + unit] }

  /// The value limited by the attribute `clip`.
  func clipped(_ value: Double) -> Double { min(max(value, -clip), clip) }
}

/// A recurrent layer with its weights, ready to run.
struct RecurrentLayer {
  let shape: RecurrentShape
  let type: ElementType
  let input: [Double]
  let weight: [Double]
  let recurrence: [Double]
  let bias: [Double]?
  let lengths: [Int]
  let clip: Double
  private let initial: [[Double]?]

  /// Reads the inputs that LSTM, GRU and RNN have in common.
  ///
  /// - Parameter states: Names of the inputs with initial states, which begin at input 5.
  init(
    _ call: OperatorCall, _ inputs: [Tensor?], gates: Int, states: [String]
  ) throws(EngineError) {
    let input: Tensor = try inputs.required(0, "X")
    let weight: Tensor = try inputs.required(1, "W")
    let recurrence: Tensor = try inputs.required(2, "R")
    let shape = try RecurrentShape(
      call, gates: gates, input: input.shape, weight: weight.shape, recurrence: recurrence.shape)
    self.shape = shape
    type = input.type
    self.input = try input.realValues("X")
    self.weight = try weight.realValues("W")
    self.recurrence = try recurrence.realValues("R")
    bias = try Self.values(
      inputs.optional(3), "B", shape: [shape.passes.count, 2 * gates * shape.hidden])
    lengths = try Self.lengths(inputs.optional(4), shape)
    var initial: [[Double]?] = []
    for (index, name) in states.enumerated() {
      initial.append(
        try Self.values(inputs.optional(5 + index), name, shape: shape.stateOutput))
    }
    self.initial = initial
    let clip = Double(call.float("clip", default: .infinity))
    self.clip = clip > 0 ? clip : .infinity
  }

  /// The elements of an optional input that must have the given shape.
  static func values(
    _ tensor: Tensor?, _ name: String, shape: [Int]
  ) throws(EngineError) -> [Double]? {
    guard let tensor else { return nil }
    guard tensor.shape == shape else {
      throw Shapes.mismatch("the input '\(name)' has shape \(tensor.shape) instead of \(shape)")
    }
    return try tensor.realValues(name)
  }

  private static func lengths(
    _ tensor: Tensor?, _ shape: RecurrentShape
  ) throws(EngineError) -> [Int] {
    guard let tensor else { return Array(repeating: shape.steps, count: shape.batch) }
    let lengths = try tensor.integerList("sequence_lens")
    guard lengths.count == shape.batch, lengths.allSatisfy({ $0 >= 0 && $0 <= shape.steps }) else {
      throw Shapes.mismatch(
        "sequence_lens needs \(shape.batch) lengths of 0 to \(shape.steps)")
    }
    return lengths
  }

  /// Runs all directions; returns all steps, then the last states.
  func run(_ cell: some RecurrentCell) throws(EngineError) -> [Tensor] {
    var outputs = [Double](repeating: 0, count: Shapes.product(shape.sequenceOutput))
    var last = initial.map { _ in
      [Double](repeating: 0, count: Shapes.product(shape.stateOutput))
    }
    for (number, direction) in shape.passes.enumerated() {
      let pass = RecurrentPass(self, number: number)
      for sample in 0..<shape.batch {
        let start = shape.stateStart(pass: number, sample: sample)
        var states = initial.map { values in
          values.map { Array($0[start..<start + shape.hidden]) }
            ?? [Double](repeating: 0, count: shape.hidden)
        }
        let length = lengths[sample]
        for index in 0..<length {
          let step = direction == .forward ? index : length - 1 - index
          cell.step(weighted(step: step, sample: sample, pass: number), &states, pass)
          let target = shape.outputStart(step: step, pass: number, sample: sample)
          outputs.replaceSubrange(target..<target + shape.hidden, with: states[0])
        }
        for index in states.indices {
          last[index].replaceSubrange(start..<start + shape.hidden, with: states[index])
        }
      }
    }
    var results = [try Tensor.fromRows(outputs, shape: shape.sequenceOutput, type: type)]
    for state in last {
      results.append(try Tensor.fromRows(state, shape: shape.stateOutput, type: type))
    }
    return results
  }

  /// For each gate and unit, the weighted features of a step.
  private func weighted(step: Int, sample: Int, pass: Int) -> [Double] {
    let rows = shape.gates * shape.hidden
    let start = shape.inputStart(step: step, sample: sample)
    return input.withUnsafeBufferPointer { input in
      weight.withUnsafeBufferPointer { weight in
        guard let input = input.baseAddress, let weight = weight.baseAddress else {
          return [Double](repeating: 0, count: rows)
        }
        return (0..<rows).map { row in
          Double.dot(
            weight + (pass * rows + row) * shape.features, input + start, count: shape.features)
        }
      }
    }
  }
}
