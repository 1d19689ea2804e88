import Tensors

/// ONNX `ReverseSequence`: the first elements of each sequence of a batch in reverse, as many as its
/// length says; the rest stays.
struct ReverseSequenceOperator: Operator {
  let name = "ReverseSequence"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    let lengths = try inputs.required(1, "sequence_lens")
    if let shape = input.shape {
      let (batchAxis, _) = try axes(call, rank: shape.count)
      if let given = lengths.shape, given != [shape[batchAxis]] {
        throw Shapes.mismatch("sequence lengths of shape \(given) do not fit shape \(shape)")
      }
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let lengths = try inputs.required(1, "sequence_lens")
    _ = try infer(call, [input.fact, lengths.fact])
    let (batchAxis, timeAxis) = try axes(call, rank: input.rank)
    let (batch, time) = (input.shape[batchAxis], input.shape[timeAxis])
    let counts = try lengths.integerList("sequence_lens")
    guard counts.allSatisfy({ (0...time).contains($0) }) else {
      throw Shapes.mismatch("a sequence is longer than its axis of length \(time)")
    }
    let inner = Shapes.product(input.shape[2...])
    let offsets = (0..<(batch * time)).map { row in
      let (first, second) = row.quotientAndRemainder(dividingBy: input.shape[1])
      let (entry, step) = batchAxis == 0 ? (first, second) : (second, first)
      let source = step < counts[entry] ? counts[entry] - 1 - step : step
      return (batchAxis == 0 ? entry * time + source : source * batch + entry) * inner
    }
    return [BlockGather.copy(input, shape: input.shape, offsets: offsets, length: inner)]
  }

  private func axes(
    _ call: OperatorCall, rank: Int
  ) throws(EngineError) -> (batch: Int, time: Int) {
    let (batch, time) = (call.int("batch_axis", default: 1), call.int("time_axis", default: 0))
    guard rank >= 2, (batch, time) == (0, 1) || (batch, time) == (1, 0) else {
      throw Shapes.mismatch(
        "ReverseSequence with batch axis \(batch) and time axis \(time) on rank \(rank)")
    }
    return (batch, time)
  }
}
