import Gradients
import NetworkGraph
import Operators
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Every rule against central differences of the operator's reference kernel in double precision.
@Suite struct FiniteDifferenceTests {
  /// One node with the shapes of its float inputs; integers are given as they are.
  struct Case: CustomTestStringConvertible, Sendable {
    var op: String
    var shapes: [[Int]]
    var attributes: OrderedDictionary<String, AttributeValue> = [:]
    /// Inputs behind the float ones that are no data: axes, shapes, indices.
    var fixed: [Tensor] = []
    /// Where the inputs lie: away from kinks and poles.
    var range: ClosedRange<Double> = -2...2
    var outputs = 1
    var opset = 17
    /// Inputs in front of the float ones: conditions.
    var leading: [Tensor] = []
    /// Inputs whose gradient is not asked for.
    var frozen: Set<Int> = []
    var testDescription: String { "\(op) \(shapes) \(attributes.keys.joined(separator: ","))" }
  }

  static func text(_ value: String) -> AttributeValue { .string(Array(value.utf8)) }

  static func integers(_ values: [Int]) -> Tensor {
    Tensor([values.count], values.map { Int64($0) })
  }

  static let elementwise: [Case] =
    [
      "Abs", "Celu", "Cos", "Dropout", "Elu", "Erf", "Exp", "HardSigmoid", "HardSwish",
      "LeakyRelu", "Mish", "Neg", "Relu", "Selu", "Sigmoid", "Sin", "Softplus", "Softsign", "Tanh",
    ].map { Case(op: $0, shapes: [[3, 17]]) } + [
      Case(op: "Celu", shapes: [[20]], attributes: ["alpha": .float(0.5)]),
      Case(op: "Swish", shapes: [[20]], attributes: ["alpha": .float(1.5)], opset: 24),
      // The straight way; with other types the reference would round.
      Case(op: "Cast", shapes: [[20]], attributes: ["to": .int(11)]),
      Case(op: "Gelu", shapes: [[40]], opset: 20),
      Case(op: "Gelu", shapes: [[40]], attributes: ["approximate": text("tanh")], opset: 20),
      Case(op: "Mish", shapes: [[20]], range: -40...60, opset: 18),
      Case(op: "Sqrt", shapes: [[20]], range: 0.3...4),
      Case(op: "Log", shapes: [[20]], range: 0.3...4),
      Case(op: "Reciprocal", shapes: [[20]], range: 0.3...4),
      Case(op: "Clip", shapes: [[40]], fixed: [Tensor(scalar: -0.5), Tensor(scalar: 1.25)]),
      Case(op: "Identity", shapes: [[5]]), Case(op: "PRelu", shapes: [[2, 3, 5], [3, 1]]),
      Case(op: "Add", shapes: [[2, 3, 4], [3, 1]]), Case(op: "Sub", shapes: [[4], [2, 3, 4]]),
      Case(op: "Mul", shapes: [[2, 1, 4], [3, 1]]),
      Case(op: "Sum", shapes: [[2, 3], [3], [1, 3]]),
      Case(op: "Mean", shapes: [[2, 3], [3]]), Case(op: "Max", shapes: [[2, 7], [7], [2, 1]]),
      Case(op: "Min", shapes: [[2, 7], [7]]),
      Case(op: "Div", shapes: [[2, 3, 4], [4]], range: 0.3...3),
      Case(op: "Pow", shapes: [[2, 3, 4], [4]], range: 0.3...3),
    ]

  static func resize(_ mode: String, _ coordinates: String, _ scales: [Float]) -> Case {
    Case(
      op: "Resize", shapes: [[1, 2, 5, 6]],
      attributes: [
        "mode": text(mode), "coordinate_transformation_mode": text(coordinates),
      ], fixed: [Tensor([0], [Float]()), Tensor([4], scales)])
  }

  static let structure: [Case] = [
    Case(op: "Concat", shapes: [[2, 3], [2, 1], [2, 2]], attributes: ["axis": .int(1)]),
    Case(op: "Split", shapes: [[2, 6]], attributes: ["axis": .int(1)], outputs: 3, opset: 13),
    Case(
      op: "Slice", shapes: [[4, 9]],
      fixed: [integers([1, 8]), integers([4, 0]), integers([0, 1]), integers([1, -2])]),
    Case(op: "Pad", shapes: [[2, 3]], fixed: [integers([1, 0, 2, 1])]),
    Case(
      op: "Pad", shapes: [[4, 3]], attributes: ["mode": text("reflect")],
      fixed: [integers([2, 1, 1, 2])]),
    Case(op: "Reshape", shapes: [[2, 6]], fixed: [integers([3, -1])]),
    Case(op: "Flatten", shapes: [[2, 3, 2]]),
    Case(op: "Transpose", shapes: [[2, 3, 4]], attributes: ["perm": .ints([2, 0, 1])]),
    Case(op: "Squeeze", shapes: [[2, 1, 3]], fixed: [integers([1])]),
    Case(op: "Unsqueeze", shapes: [[2, 3]], fixed: [integers([1])]),
    Case(op: "Expand", shapes: [[3, 1]], fixed: [integers([2, 3, 4])]),
    Case(op: "Tile", shapes: [[2, 3]], fixed: [integers([2, 2])]),
    Case(op: "Gather", shapes: [[5, 3]], fixed: [integers([4, 0, 0, 2])]),
    Case(
      op: "Gather", shapes: [[5, 3]], attributes: ["axis": .int(1)], fixed: [integers([2, 0])]),
    Case(
      op: "GatherElements", shapes: [[3, 2]],
      fixed: [Tensor([2, 2], [2, 0, 1, 1].map { Int64($0) })]),
    Case(
      op: "GatherND", shapes: [[3, 2, 2]],
      fixed: [Tensor([3, 2], [2, 0, 1, 1, 2, 0].map { Int64($0) })]),
    Case(
      op: "Where", shapes: [[2, 3], [3]],
      leading: [Tensor([2, 3], [true, false, true, false, false, true])]),
    Case(op: "Trilu", shapes: [[3, 4]], opset: 17),
    Case(op: "CumSum", shapes: [[3, 4]], fixed: [Tensor(scalar: Int64(1))]),
    Case(
      op: "CumSum", shapes: [[3, 4]], attributes: ["exclusive": .int(1), "reverse": .int(1)],
      fixed: [Tensor(scalar: Int64(0))]),
    Case(op: "SpaceToDepth", shapes: [[1, 2, 4, 6]], attributes: ["blocksize": .int(2)]),
    Case(op: "DepthToSpace", shapes: [[1, 8, 2, 3]], attributes: ["blocksize": .int(2)]),
    Case(
      op: "Resize", shapes: [[1, 2, 3, 3]], attributes: ["mode": text("nearest")],
      fixed: [Tensor([0], [Float]()), Tensor([4], [Float](arrayLiteral: 1, 1, 2, 2))]),
    resize("linear", "half_pixel", [1, 1, 2.5, 2]),
    resize("linear", "align_corners", [1, 1, 2, 3]),
    resize("linear", "asymmetric", [1, 1, 0.6, 0.7]),
    resize("linear", "pytorch_half_pixel", [1, 1, 0.25, 2]),
    resize("cubic", "half_pixel", [1, 1, 2, 1.5]),
    Case(
      op: "Resize", shapes: [[1, 2, 5, 6]],
      attributes: ["mode": text("linear"), "antialias": .int(1), "axes": .ints([3, 2])],
      fixed: [Tensor([0], [Float]()), Tensor([0], [Float]()), integers([3, 4])], opset: 18),
    Case(
      op: "Upsample", shapes: [[1, 2, 3, 3]], attributes: ["mode": text("linear")],
      fixed: [Tensor([4], [Float](arrayLiteral: 1, 1, 2, 2))], opset: 9),
    Case(op: "LpNormalization", shapes: [[3, 4]], range: 0.3...2),
    Case(
      op: "LpNormalization", shapes: [[3, 4, 2]], attributes: ["axis": .int(1), "p": .int(1)],
      range: 0.3...2),
    Case(
      op: "LRN", shapes: [[2, 7, 3]],
      attributes: ["size": .int(4), "alpha": .float(0.6), "beta": .float(0.7), "bias": .float(1.5)]),
    Case(op: "InstanceNormalization", shapes: [[2, 3, 5], [3], [3]]),
    Case(
      op: "GroupNormalization", shapes: [[2, 4, 5], [2], [2]], attributes: ["num_groups": .int(2)],
      opset: 18),
    Case(
      op: "GroupNormalization", shapes: [[2, 4, 5], [4], [4]], attributes: ["num_groups": .int(2)],
      opset: 21),
    Case(op: "RMSNormalization", shapes: [[2, 3, 5], [5]], opset: 23),
    Case(op: "ReduceL1", shapes: [[2, 3, 4]], attributes: ["axes": .ints([1])]),
    Case(op: "ReduceL2", shapes: [[2, 3, 4]], attributes: ["axes": .ints([0, 2])]),
    Case(op: "ReduceSumSquare", shapes: [[2, 3, 4]], attributes: ["keepdims": .int(0)]),
    Case(op: "ReduceLogSum", shapes: [[2, 3]], attributes: ["axes": .ints([1])], range: 0.3...2),
    Case(op: "ReduceLogSumExp", shapes: [[2, 3, 4]], fixed: [integers([1])], opset: 18),
    Case(op: "Softmax", shapes: [[3, 5]]),
    Case(op: "Softmax", shapes: [[2, 3, 4]], attributes: ["axis": .int(1)]),
    Case(op: "Softmax", shapes: [[2, 3, 4]], attributes: ["axis": .int(1)], opset: 11),
    Case(op: "LogSoftmax", shapes: [[3, 5]]),
    Case(
      op: "ReduceMean", shapes: [[2, 3, 4]],
      attributes: ["axes": .ints([1, -1]), "keepdims": .int(0)]),
    Case(op: "ReduceSum", shapes: [[2, 3, 4]], fixed: [integers([1])]),
    Case(op: "ReduceMax", shapes: [[2, 3, 4]], attributes: ["axes": .ints([2])]),
    Case(op: "ReduceMin", shapes: [[2, 3, 4]], attributes: ["keepdims": .int(0)]),
    Case(op: "LayerNormalization", shapes: [[2, 3, 5], [5], [5]]),
    Case(
      op: "LayerNormalization", shapes: [[2, 3, 5], [3, 5], [3, 5]], attributes: ["axis": .int(1)]),
  ]

  static let window: OrderedDictionary<String, AttributeValue> = [
    "kernel_shape": .ints([3, 2]), "strides": .ints([2, 1]), "pads": .ints([1, 0, 1, 1]),
  ]

  static let products: [Case] = [
    Case(op: "MatMul", shapes: [[3, 4], [4, 5]]),
    Case(op: "MatMul", shapes: [[2, 3, 4], [4, 5]]),
    Case(op: "MatMul", shapes: [[2, 1, 3, 4], [5, 4, 2]]),
    Case(op: "MatMul", shapes: [[4], [2, 4, 3]]),
    Case(op: "MatMul", shapes: [[2, 3, 4], [4]]),
    Case(
      op: "Einsum", shapes: [[2, 3, 4], [2, 5, 4]],
      attributes: ["equation": text("bid, bjd -> bij")]),
    Case(op: "Einsum", shapes: [[3, 4], [3]], attributes: ["equation": text("ij,i->i")]),
    Case(
      op: "Gemm", shapes: [[3, 4], [4, 5], [5]],
      attributes: ["alpha": .float(0.5), "beta": .float(2)]),
    Case(op: "Gemm", shapes: [[3, 4], [5, 4], [3, 1]], attributes: ["transB": .int(1)]),
    Case(op: "Gemm", shapes: [[4, 3], [4, 5]], attributes: ["transA": .int(1)]),
    Case(
      op: "Gemm", shapes: [[4, 3], [5, 4]], attributes: ["transA": .int(1), "transB": .int(1)]),
    Case(
      op: "Conv", shapes: [[2, 3, 7, 6], [4, 3, 3, 3], [4]],
      attributes: ["pads": .ints([1, 1, 1, 1])]),
    Case(
      op: "Conv", shapes: [[2, 4, 7, 6], [6, 2, 3, 2], [6]],
      attributes: ["group": .int(2), "strides": .ints([2, 1]), "dilations": .ints([1, 2])]),
    Case(
      op: "Conv", shapes: [[2, 5, 8, 8], [5, 1, 3, 3]],
      attributes: ["group": .int(5), "strides": .ints([2, 2]), "pads": .ints([1, 1, 0, 0])]),
    Case(
      op: "Conv", shapes: [[2, 3, 9], [4, 3, 3], [4]],
      attributes: ["auto_pad": text("SAME_UPPER")]),
    Case(
      op: "ConvTranspose", shapes: [[2, 3, 4, 5], [3, 2, 3, 3], [2]],
      attributes: ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]),
    Case(
      op: "ConvTranspose", shapes: [[1, 4, 4, 4], [4, 3, 2, 2], [6]],
      attributes: ["group": .int(2), "strides": .ints([2, 2]), "output_padding": .ints([1, 0])]),
    Case(
      op: "ConvTranspose", shapes: [[1, 2, 4, 3], [2, 3, 3, 4]],
      attributes: ["auto_pad": text("SAME_UPPER"), "strides": .ints([2, 3])]),
    Case(
      op: "ConvTranspose", shapes: [[1, 2, 3, 3], [2, 1, 3, 3]],
      attributes: ["output_shape": .ints([6, 4]), "strides": .ints([2, 1])]),
    Case(op: "MaxPool", shapes: [[2, 3, 7, 6]], attributes: window),
    Case(op: "AveragePool", shapes: [[2, 3, 7, 6]], attributes: window),
    Case(
      op: "AveragePool", shapes: [[2, 3, 7, 6]],
      attributes: window.merging(["count_include_pad": .int(1)]) { $1 }),
    Case(op: "GlobalAveragePool", shapes: [[2, 3, 4, 5]]),
    Case(op: "GlobalMaxPool", shapes: [[2, 3, 4, 5]]),
    Case(
      op: "BatchNormalization", shapes: [[4, 3, 5], [3], [3], [3], [3]], range: 0.2...2,
      frozen: [3, 4]),
    Case(
      op: "BatchNormalization", shapes: [[4, 3, 5], [3], [3], [3], [3]],
      attributes: ["training_mode": .int(1)], range: 0.2...2, outputs: 3, frozen: [3, 4]),
  ]

  @Test(arguments: elementwise + structure + products)
  func rule(_ test: Case) throws {
    let seed: UInt64 = 0x5EED
    var random = SeededGenerator(seed: seed)
    let first = test.leading.count
    let names = (0..<(first + test.shapes.count + test.fixed.count)).map { "in\($0)" }
    let node = Node(
      op: test.op, inputs: names, outputs: (0..<test.outputs).map { "out\($0)" },
      attributes: test.attributes)
    let call = OperatorCall(node: node, opset: test.opset)
    let entry = try #require(OperatorRegistry.standard[node])
    var inputs = test.shapes.map { shape in
      Tensor(
        shape,
        (0..<shape.reduce(1, *)).map { _ in
          Double(Float(Double.random(in: test.range, using: &random)))
        })
    }
    func run(_ inputs: [Tensor]) throws -> [Tensor] {
      // Limits have the type of the data.
      let fixed = test.fixed.map { test.op == "Clip" ? Tensor(scalar: $0.doubles[0]) : $0 }
      return try entry.run(call, test.leading + inputs + fixed)
    }
    let results = try run(inputs)
    // Only the first result of a normalization counts: the others are statistics.
    let counted = test.op.hasSuffix("Normalization") ? 1 : results.count
    let seeds = results.prefix(counted).map { result in
      (0..<result.count).map { _ in Float.random(in: -1...1, using: &random) }
    }
    func loss(_ inputs: [Tensor]) throws -> Double {
      zip(try run(inputs), seeds).reduce(0) { sum, pair in
        zip(pair.0.doubles, pair.1).reduce(sum) { $0 + $1.0 * Double($1.1) }
      }
    }
    func floats(_ tensor: Tensor) -> Tensor {
      Tensor(tensor.shape, tensor.doubles.map { Float($0) })
    }
    let rule = try #require(GradientRegistry.standard[node])
    let found = try rule.gradients(
      GradientStep(
        call: call, inputs: test.leading + inputs.map(floats) + test.fixed,
        outputs: results.map(floats),
        outputGradients: zip(results, seeds).map { Tensor($0.shape, $1) },
        wanted: names.indices.map {
          test.shapes.indices.contains($0 - first) && !test.frozen.contains($0 - first)
        }))
    for index in test.shapes.indices where !test.frozen.contains(index) {
      let gradient = try #require(found[first + index], "no gradient of input \(index)")
      #expect(gradient.shape == test.shapes[index])
      let original = inputs[index]
      var differences = original.doubles
      for place in differences.indices {
        func moved(_ step: Double) throws -> Double {
          var values = original.doubles
          values[place] += step
          inputs[index] = Tensor(original.shape, values)
          return try loss(inputs)
        }
        differences[place] = (try moved(1e-5) - moved(-1e-5)) / 2e-5
      }
      inputs[index] = original
      let largest = differences.reduce(1e-3) { max($0, abs($1)) }
      for (place, (value, wanted)) in zip(gradient.doubles, differences).enumerated() {
        try #require(
          abs(value - wanted) < 2e-5 * largest,
          "seed \(seed), input \(index), element \(place): \(value) instead of \(wanted)")
      }
    }
  }

  @Test func everyRuleIsTried() {
    let tried = Set((Self.elementwise + Self.structure + Self.products).map(\.op))
    // Movements are one rule, tried by its other operators; codes have nothing to differ by and have
    // tests of their own.
    let others: Set = [
      "Compress", "DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear", "ReverseSequence",
      "ScatterElements", "ScatterND",
    ]
    #expect(Set(GradientRegistry.standard.operators).subtracting(tried).subtracting(others).isEmpty)
  }
}
