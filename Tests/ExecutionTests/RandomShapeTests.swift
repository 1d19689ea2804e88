import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Operators on oneDNN against their reference kernels, on random shapes and attributes.
@Suite struct RandomShapeTests {
  private static let seed: UInt64 = 4711
  private static let rounds = 25

  /// Compares nodes made from the seed.
  private func check(
    _ name: String, absolute: Double = 1e-4, _ make: (inout SeededGenerator, Int) -> RandomNode
  ) {
    var generator = SeededGenerator(seed: Self.seed)
    var onOneDNN = 0
    for round in 0..<Self.rounds {
      let node = make(&generator, round)
      let what =
        "\(name), seed \(Self.seed), round \(round): \(node.inputs.map { $0?.shape ?? [] }) "
        + "\(node.attributes)"
      do {
        let difference = try node.difference(absolute: absolute)
        if try node.isOnOneDNN() { onOneDNN += 1 }
        #expect(difference == nil, "\(what)")
      } catch {
        Issue.record("\(what): \(error)")
      }
    }
    // Comparing the reference kernel with itself would prove nothing.
    let expected = Self.referenceOnly.contains(name) ? 0 : Self.rounds / 3
    #expect(onOneDNN >= expected, "\(name) ran on oneDNN in \(onOneDNN) rounds")
  }

  /// Operators that oneDNN lacks or computes inexactly.
  private static let referenceOnly: Set<String> = [
    "Erf", "Log", "Softplus", "ReduceMax", "ReduceMin",
  ]

  @Test func convolution() {
    check("Conv") { generator, round in
      let rank = round % 3 + 1
      let groups = generator.int(1...3)
      let isDepthwise = round % 5 == 0
      let inputs = isDepthwise ? 1 : generator.int(1...9)
      let outputs = isDepthwise ? 1 : generator.int(1...17)
      let kernel = generator.ints(rank, 1...3)
      let dilations = generator.ints(rank, 1...2)
      let lengths = kernel.indices.map { (kernel[$0] - 1) * dilations[$0] + generator.int(1...6) }
      var attributes: OrderedDictionary<String, AttributeValue> = [
        "group": .int(groups), "strides": .ints(generator.ints(rank, 1...3)),
        "dilations": .ints(dilations), "pads": .ints(generator.ints(2 * rank, 0...2)),
      ]
      if round % 6 == 5 {
        attributes["pads"] = nil
        attributes["dilations"] = nil
        attributes["auto_pad"] = .string(Array((round % 4 < 2 ? "SAME_UPPER" : "SAME_LOWER").utf8))
      }
      return RandomNode(
        op: "Conv",
        inputs: [
          generator.tensor([generator.int(1...3), groups * inputs] + lengths),
          generator.tensor([groups * outputs, inputs] + kernel),
          round % 2 == 0 ? generator.tensor([groups * outputs]) : nil,
        ], attributes: attributes, constantsFrom: round % 7 == 6 ? 3 : 1)
    }
  }

  @Test func winogradConvolution() {
    check("Conv", absolute: 1e-3) { generator, round in
      let (inputs, outputs) = (generator.int(16...70), generator.int(16...70))
      return RandomNode(
        op: "Conv",
        inputs: [
          generator.tensor([generator.int(1...3), inputs] + generator.ints(2, 3...13)),
          generator.tensor([outputs, inputs, 3, 3]),
          round % 2 == 0 ? generator.tensor([outputs]) : nil,
        ], attributes: ["pads": .ints(generator.ints(4, 0...1))])
    }
  }

  @Test func transposedConvolution() {
    check("ConvTranspose") { generator, round in
      let rank = round % 3 + 1
      let groups = generator.int(1...2)
      let (inputs, outputs) = (generator.int(1...5), generator.int(1...7))
      let kernel = generator.ints(rank, 2...3)
      let strides = generator.ints(rank, 1...3)
      return RandomNode(
        op: "ConvTranspose",
        inputs: [
          generator.tensor([generator.int(1...2), groups * inputs] + generator.ints(rank, 2...5)),
          generator.tensor([groups * inputs, outputs] + kernel),
          round % 2 == 0 ? generator.tensor([groups * outputs]) : nil,
        ],
        attributes: [
          "group": .int(groups), "strides": .ints(strides),
          "dilations": .ints(generator.ints(rank, 1...2)),
          "pads": .ints(generator.ints(2 * rank, 0...1)),
          "output_padding": .ints(strides.map { min($0 - 1, 1) }),
        ])
    }
  }

  @Test(arguments: ["MaxPool", "AveragePool"])
  func pooling(_ op: String) {
    check(op) { generator, round in
      let rank = round % 3 + 1
      let kernel = generator.ints(rank, 2...4)
      var attributes: OrderedDictionary<String, AttributeValue> = [
        "kernel_shape": .ints(kernel), "strides": .ints(generator.ints(rank, 1...3)),
        "pads": .ints(generator.ints(2 * rank, 0...1)), "ceil_mode": .int(round % 2),
      ]
      if op == "AveragePool" { attributes["count_include_pad"] = .int(round / 2 % 2) }
      if op == "MaxPool", round % 5 == 0 {
        attributes["dilations"] = .ints(generator.ints(rank, 1...2))
      }
      return RandomNode(
        op: op,
        inputs: [
          generator.tensor(
            [generator.int(1...3), generator.int(1...18)] + generator.ints(rank, 7...12))
        ], attributes: attributes)
    }
  }

  @Test func gemm() {
    check("Gemm") { generator, round in
      let (m, k, n) = (generator.int(1...9), generator.int(1...33), generator.int(1...20))
      let (transA, transB) = (round % 2, round / 2 % 2)
      let bias: [Int]? = [[n], [1, n], [m, 1], [m, n], [1], nil][round % 6]
      return RandomNode(
        op: "Gemm",
        inputs: [
          generator.tensor(transA == 1 ? [k, m] : [m, k]),
          generator.tensor(transB == 1 ? [n, k] : [k, n]), bias.map { generator.tensor($0) },
        ],
        attributes: [
          "transA": .int(transA), "transB": .int(transB),
          "alpha": .float(round % 5 == 0 ? 0.5 : 1), "beta": .float(round % 7 == 0 ? 2 : 1),
        ], constantsFrom: round % 4 == 3 ? 3 : 1)
    }
  }

  @Test func matrixProduct() {
    let batches: [([Int], [Int])] = [
      ([], []), ([3], []), ([], [3]), ([2, 3], [2, 3]), ([2, 1], [1, 3]), ([3], [2, 3]),
      ([1], [2, 3]), ([2, 3], [1, 1]),
    ]
    check("MatMul") { generator, round in
      let (m, k, n) = (generator.int(1...9), generator.int(1...33), generator.int(1...20))
      let (first, second) = batches[round % batches.count]
      var (a, b) = (first + [m, k], second + [k, n])
      if round == 23 { a = [k] }
      if round == 24 { b = [k] }
      return RandomNode(
        op: "MatMul", inputs: [generator.tensor(a), generator.tensor(b)],
        constantsFrom: round % 2 == 0 ? 1 : 2)
    }
  }

  @Test(arguments: ["Add", "Sub", "Mul", "Div", "Max", "Min"])
  func binary(_ op: String) {
    let shapes: [([Int], [Int])] = [
      ([2, 5, 4, 3], [2, 5, 4, 3]), ([2, 5, 4, 3], [5, 1, 1]), ([5, 1, 1], [2, 5, 4, 3]),
      ([2, 5, 4, 3], [1]), ([], [4, 3]), ([2, 1, 3], [1, 4, 1]), ([7], [7]),
      ([2, 3, 8], [8]), ([8], [2, 3, 8]), ([2, 3, 1], [2, 3, 8]), ([2, 17, 4, 4], [2, 17, 1, 1]),
    ]
    check(op) { generator, round in
      let (a, b) = shapes[round % shapes.count]
      return RandomNode(
        op: op, inputs: [generator.tensor(a), generator.tensor(b, in: 0.5...2)],
        constantsFrom: round % 2 + 1)
    }
  }

  @Test(arguments: [
    "Relu", "LeakyRelu", "Tanh", "Elu", "Selu", "Abs", "Sqrt", "Sigmoid", "Exp", "Log", "Softplus",
    "HardSwish", "HardSigmoid", "Neg", "Reciprocal", "Gelu", "Mish", "Round", "Clip", "Erf",
  ])
  func elementwise(_ op: String) {
    check(op, absolute: 1e-5) { generator, round in
      let isPositive = ["Sqrt", "Log", "Reciprocal"].contains(op)
      let shape = generator.ints(round % 6, 1...5)
      var attributes: OrderedDictionary<String, AttributeValue> = [:]
      if ["LeakyRelu", "Elu", "Selu", "HardSigmoid"].contains(op), round % 2 == 0 {
        attributes["alpha"] = .float(Float.random(in: 0.1...2, using: &generator))
      }
      if op == "HardSigmoid", round % 3 == 0 { attributes["beta"] = .float(0.25) }
      if op == "Gelu", round % 2 == 0 { attributes["approximate"] = .string(Array("tanh".utf8)) }
      var inputs: [Tensor?] = [generator.tensor(shape, in: isPositive ? 0.1...9 : -9...9)]
      if op == "Clip" {
        inputs.append(round % 3 == 0 ? nil : Tensor(scalar: Float(-1)))
        inputs.append(round % 3 == 1 ? nil : Tensor(scalar: Float(2)))
      }
      return RandomNode(op: op, inputs: inputs, attributes: attributes, opset: 22)
    }
  }

  @Test(arguments: ["Softmax", "LogSoftmax"])
  func softmax(_ op: String) {
    check(op, absolute: 1e-5) { generator, round in
      let shape = generator.ints(generator.int(1...4), 1...7)
      return RandomNode(
        op: op, inputs: [generator.tensor(shape, in: -8...8)],
        attributes: ["axis": .int(generator.int(-shape.count...(shape.count - 1)))],
        opset: round % 2 == 0 ? 13 : 11)
    }
  }

  @Test func normalization() {
    check("BatchNormalization") { generator, round in
      let shape = [generator.int(1...3), generator.int(1...20)] + generator.ints(round % 4, 1...5)
      let vector = [shape[1]]
      return RandomNode(
        op: "BatchNormalization",
        inputs: [
          generator.tensor(shape), generator.tensor(vector), generator.tensor(vector),
          generator.tensor(vector), generator.tensor(vector, in: 0.1...2),
        ], attributes: ["epsilon": .float(1e-3)])
    }
    check("LayerNormalization") { generator, round in
      let shape = generator.ints(generator.int(2...4), 2...9)
      let axis = generator.int(1...(shape.count - 1))
      let tail = Array(shape[axis...])
      return RandomNode(
        op: "LayerNormalization",
        inputs: [
          generator.tensor(shape), generator.tensor(tail),
          round % 2 == 0 ? generator.tensor(tail) : nil,
        ], attributes: ["axis": .int(round % 3 == 0 ? axis - shape.count : axis)])
    }
    check("LRN") { generator, round in
      RandomNode(
        op: "LRN", inputs: [generator.tensor([2, generator.int(3...18), 4, 5])],
        attributes: [
          "size": .int(round % 2 == 0 ? 3 : 5), "alpha": .float(0.01), "bias": .float(2),
        ])
    }
  }

  @Test func structure() {
    check("Concat", absolute: 0) { generator, round in
      let shape = generator.ints(generator.int(1...4), 1...6)
      let axis = generator.int(0...(shape.count - 1))
      let inputs = (0..<generator.int(1...5)).map { _ in
        var part = shape
        part[axis] = generator.int(1...6)
        return generator.tensor(part)
      }
      return RandomNode(
        op: "Concat", inputs: inputs,
        attributes: ["axis": .int(round % 2 == 0 ? axis : axis - shape.count)],
        constantsFrom: round % 3 == 0 ? 1 : inputs.count)
    }
    check("Transpose", absolute: 0) { generator, round in
      let shape = generator.ints(generator.int(1...5), 1...6)
      return RandomNode(
        op: "Transpose", inputs: [generator.tensor(shape)],
        attributes: round % 4 == 0
          ? [:] : ["perm": .ints(shape.indices.shuffled(using: &generator))])
    }
    check("Pad", absolute: 0) { generator, round in
      let shape = generator.ints(generator.int(1...4), 1...6)
      let pads = generator.ints(2 * shape.count, 0...3).map { Int64($0) }
      return RandomNode(
        op: "Pad",
        inputs: [
          generator.tensor(shape), Tensor([pads.count], pads),
          round % 2 == 0 ? Tensor(scalar: Float(1.5)) : nil,
        ])
    }
  }

  @Test func slicing() {
    check("Slice", absolute: 0) { generator, round in
      let shape = generator.ints(generator.int(1...4), 3...9)
      let axes = Array(
        shape.indices.shuffled(using: &generator).prefix(generator.int(1...shape.count)))
      let starts = axes.map { generator.int(0...(shape[$0] - 1)) }
      let ends = zip(axes, starts).map { generator.int(($1 + 1)...(shape[$0] + 3)) }
      let steps = axes.map { _ in generator.int(1...3) }
      func vector(_ values: [Int]) -> Tensor { Tensor([values.count], values.map { Int64($0) }) }
      let negative = zip(axes, starts).map { round % 2 == 0 ? $1 : $1 - shape[$0] }
      return RandomNode(
        op: "Slice",
        inputs: [
          generator.tensor(shape), vector(negative), vector(ends), vector(axes), vector(steps),
        ])
    }
  }

  @Test(arguments: ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"])
  func reduction(_ op: String) {
    check(op) { generator, round in
      let shape = generator.ints(generator.int(1...4), 1...9)
      let first = generator.int(0...(shape.count - 1))
      let last = generator.int(first...(shape.count - 1))
      let axes = (first...last).map { Int64(round % 2 == 0 ? $0 : $0 - shape.count) }
      return RandomNode(
        op: op, inputs: [generator.tensor(shape), Tensor([axes.count], axes)],
        attributes: ["keepdims": .int(round / 2 % 2)], opset: 18)
    }
  }

  @Test func resizing() {
    check("Resize") { generator, round in
      let shape = [1, generator.int(1...17)] + generator.ints(round % 2 + 1, 2...6)
      let factors = [1, 1] + shape.dropFirst(2).map { _ in Float(generator.int(1...4)) }
      let coordinates = ["asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"][
        round % 4]
      let isLinear = round / 4 % 2 == 1
      var attributes: OrderedDictionary<String, AttributeValue> = [
        "mode": .string(Array((isLinear ? "linear" : "nearest").utf8)),
        "coordinate_transformation_mode": .string(Array(coordinates.utf8)),
      ]
      if !isLinear {
        let rounding = ["floor", "round_prefer_floor", "ceil", "round_prefer_ceil"][round / 8 % 4]
        attributes["nearest_mode"] = .string(Array(rounding.utf8))
      }
      return RandomNode(
        op: "Resize",
        inputs: [generator.tensor(shape), nil, Tensor([factors.count], factors)],
        attributes: attributes)
    }
  }
}
