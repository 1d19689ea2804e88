import NetworkGraph
import Tensors

extension Array {
  /// The input at `index`, or an error that names it.
  func required<Value>(_ index: Int, _ name: String) throws(EngineError) -> Value
  where Element == Value? {
    guard index < count, let value = self[index] else {
      throw Shapes.mismatch("the input '\(name)' is missing")
    }
    return value
  }

  /// The input at `index`; nil when it is omitted.
  func optional<Value>(_ index: Int) -> Value? where Element == Value? {
    index < count ? self[index] : nil
  }
}

extension TensorFact {
  /// The known elements of an integer input; nil when they are not known before running.
  var integers: [Int]? { constant.map(\.integers) }

  /// The shape, which the caller needs to be known.
  func requiredShape(_ name: String) throws(EngineError) -> [Int] {
    guard let shape else {
      throw Shapes.unsupported("the shape of the input '\(name)' depends on the data")
    }
    return shape
  }
}

extension OperatorCall {
  /// An integer attribute, with its default.
  func int(_ name: String, default value: Int) -> Int { node.int(name) ?? value }

  /// A float attribute, with its default.
  func float(_ name: String, default value: Float) -> Float { node.float(name) ?? value }

  /// A string attribute, with its default.
  func string(_ name: String, default value: String) -> String { node.string(name) ?? value }

  /// Whether the node names the output at `index`.
  func wantsOutput(_ index: Int) -> Bool {
    index < node.outputs.count && !node.outputs[index].isEmpty
  }
}

extension Tensor {
  /// The integers of a tensor that holds axes, shapes, sizes or indices.
  func integerList(_ name: String) throws(EngineError) -> [Int] {
    guard type.isInteger || type == .bool else {
      throw Shapes.mismatch("the input '\(name)' has type \(type) instead of int64")
    }
    return integers
  }

  /// The one integer of a scalar or a tensor of one element.
  func integerScalar(_ name: String) throws(EngineError) -> Int {
    let values = try integerList(name)
    guard values.count == 1 else {
      throw Shapes.mismatch("the input '\(name)' has \(values.count) elements instead of 1")
    }
    return values[0]
  }

  /// The fact of this tensor's type and shape.
  var fact: TensorFact { TensorFact(type, shape) }
}

extension Operator {
  /// The shapes of the outputs for given inputs, by the operator's own shape rule.
  func outputShapes(
    _ call: OperatorCall, _ inputs: [Tensor?]
  ) throws(EngineError) -> [[Int]] {
    let facts = inputs.map { $0.map { TensorFact(constant: $0) } }
    var shapes: [[Int]] = []
    for fact in try infer(call, facts) {
      shapes.append(try fact.requiredShape("output of \(name)"))
    }
    return shapes
  }
}
