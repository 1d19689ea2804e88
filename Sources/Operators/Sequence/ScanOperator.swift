import NetworkGraph
import Tensors

/// ONNX `Scan` from opset 9 on: a subgraph run over the slices of its inputs.
struct ScanOperator: Operator {
  let name = "Scan"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    call.opset < 9 ? "Scan of opset 8, with a batch axis, is not supported" : nil
  }

  /// The attributes, checked against the number of inputs and outputs.
  struct Layout {
    let body: NetworkGraph
    let stateCount: Int
    let inputAxes: [Int]
    let outputAxes: [Int]
    let reversesInput: [Bool]
    let reversesOutput: [Bool]

    init(_ call: OperatorCall, inputCount: Int) throws(EngineError) {
      body = try Subgraphs.required("body", call)
      guard let scanned = call.node.int("num_scan_inputs"), scanned >= 1, scanned <= inputCount
      else { throw Shapes.mismatch("num_scan_inputs does not fit \(inputCount) inputs") }
      stateCount = inputCount - scanned
      guard body.inputs.count == inputCount, body.outputs.count >= stateCount else {
        throw Shapes.mismatch(
          "the body takes \(body.inputs.count) values and gives \(body.outputs.count) for "
            + "\(inputCount) inputs, \(stateCount) of them states")
      }
      let outputs = body.outputs.count - stateCount
      func values(_ name: String, _ count: Int) throws(EngineError) -> [Int] {
        let values = call.node.ints(name) ?? Array(repeating: 0, count: count)
        guard values.count == count else {
          throw Shapes.mismatch("\(name) has \(values.count) values instead of \(count)")
        }
        return values
      }
      inputAxes = try values("scan_input_axes", scanned)
      outputAxes = try values("scan_output_axes", outputs)
      reversesInput = try values("scan_input_directions", scanned).map { $0 != 0 }
      reversesOutput = try values("scan_output_directions", outputs).map { $0 != 0 }
    }

    /// The common length of the scanned axes.
    func length(_ shapes: [[Int]]) throws(EngineError) -> Int {
      var common: Int?
      for (shape, axis) in zip(shapes, inputAxes) {
        let length = shape[try Shapes.axis(axis, rank: shape.count)]
        guard common == nil || common == length else {
          throw Shapes.mismatch("the scanned axes have different lengths")
        }
        common = length
      }
      return common ?? 0
    }
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    try Subgraphs.declaredFacts(try Layout(call, inputCount: inputs.count).body.outputs[...])
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let layout = try Layout(call, inputCount: inputs.count)
    var states: [Tensor] = []
    var sources: [Tensor] = []
    for index in inputs.indices {
      let tensor: Tensor = try inputs.required(index, "initial_state_and_scan_inputs \(index)")
      if index < layout.stateCount { states.append(tensor) } else { sources.append(tensor) }
    }
    let length = try layout.length(sources.map(\.shape))
    let scanned = Array(layout.body.outputs.dropFirst(layout.stateCount))
    var scans = scanned.map { _ in [Tensor]() }
    for step in 0..<length {
      var slices: [Tensor] = []
      for (index, source) in sources.enumerated() {
        let position = layout.reversesInput[index] ? length - 1 - step : step
        slices.append(try Self.slice(source, axis: layout.inputAxes[index], at: position))
      }
      let results = try Subgraphs.run(layout.body, states + slices, call)
      states = Array(results.prefix(layout.stateCount))
      for (index, value) in results.dropFirst(layout.stateCount).enumerated() {
        scans[index].append(value)
      }
    }
    var outputs = states
    for (index, info) in scanned.enumerated() {
      let parts = layout.reversesOutput[index] ? scans[index].reversed() : scans[index]
      let axis = layout.outputAxes[index]
      outputs.append(
        parts.isEmpty
          ? try Subgraphs.emptyScan(info, axis: axis) : try Subgraphs.stack(parts, axis: axis))
    }
    return outputs
  }

  private static func slice(
    _ tensor: Tensor, axis: Int, at position: Int
  ) throws(EngineError) -> Tensor {
    let axis = try Shapes.axis(axis, rank: tensor.rank)
    var strides = Shapes.strides(tensor.shape)
    var shape = tensor.shape
    let offset = position * strides[axis]
    strides.remove(at: axis)
    shape.remove(at: axis)
    return StridedCopy.copy(tensor, shape: shape, strides: strides, offset: offset)
  }
}
