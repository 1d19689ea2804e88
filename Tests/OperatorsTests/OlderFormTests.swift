import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Forms of operators in older opsets, which ONNX's backend cases do not cover, against ONNX Runtime.
@Suite struct OlderFormTests {
  private typealias Attributes = OrderedDictionary<String, AttributeValue>

  private static func form(
    _ op: String, _ opset: Int, _ inputs: [Tensor?], _ attributes: Attributes = [:],
    outputs: Int = 1
  ) -> RuntimeJudge.Form {
    let (graph, values) = GraphBuilding.node(
      op, inputs, outputs: outputs, attributes: attributes, opset: opset)
    return RuntimeJudge.Form(
      title: "\(op) of opset \(opset) \(attributes.map { "\($0)=\(Self.describe($1))" })",
      graph: graph, inputs: values)
  }

  private static func describe(_ value: AttributeValue) -> String {
    if case .string(let bytes) = value {
      String(decoding: bytes, as: UTF8.self)
    } else {
      "\(value)"
    }
  }

  /// Floats of a shape, from -2 to 2, in no order.
  private static func floats(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(shape, (0..<count).map { Float(($0 * 7919 + 13) % 401) / 100 - 2 })
  }

  private static func integers(_ values: [Int64]) -> Tensor { Tensor([values.count], values) }

  private static func text(_ value: String) -> AttributeValue { .string(Array(value.utf8)) }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges"))
  func structureAgrees() throws {
    let cube = Self.floats([2, 6, 5])
    let image = Self.floats([1, 8, 4, 6])
    try RuntimeJudge.compare([
      Self.form(
        "Slice", 9, [cube],
        ["starts": .ints([1, -3]), "ends": .ints([99, -1]), "axes": .ints([1, 2])]),
      Self.form("Slice", 7, [cube], ["starts": .ints([0, 2, 1]), "ends": .ints([1, 5, 3])]),
      Self.form(
        "Slice", 10,
        [
          cube, Self.integers([4, 9]), Self.integers([-99, 0]), Self.integers([-1, 1]),
          Self.integers([-2, -3]),
        ]),
      Self.form("Pad", 10, [cube], ["pads": .ints([0, 1, 2, 0, 3, 1]), "value": .float(1.5)]),
      Self.form(
        "Pad", 7, [cube], ["pads": .ints([0, 2, 1, 0, 1, 4]), "mode": Self.text("reflect")]),
      Self.form(
        "Pad", 10, [cube], ["pads": .ints([0, -1, 2, 0, 3, -2]), "mode": Self.text("edge")]),
      Self.form(
        "Split", 11, [cube], ["axis": .int(1), "split": .ints([1, 2, 3])], outputs: 3),
      Self.form("Split", 7, [cube], ["axis": .int(-2)], outputs: 2),
      Self.form("Squeeze", 11, [Self.floats([1, 3, 1])], ["axes": .ints([-1])]),
      Self.form("Squeeze", 7, [Self.floats([1, 3, 1])]),
      Self.form("Unsqueeze", 11, [Self.floats([3, 2])], ["axes": .ints([0, 3])]),
      Self.form("DepthToSpace", 7, [image], ["blocksize": .int(2)]),
      Self.form("Reshape", 7, [cube, Self.integers([0, -1])]),
      Self.form("Tile", 7, [cube, Self.integers([1, 2, 3])]),
      Self.form("Shape", 7, [cube]),
      Self.form("Upsample", 7, [image], ["scales": .floats([1, 1, 2, 3])]),
      Self.form(
        "Upsample", 7, [image], ["scales": .floats([1, 1, 2, 2]), "mode": Self.text("linear")]),
      Self.form("Upsample", 9, [image, Tensor([4], [1, 1, 2, 1.5] as [Float])]),
      Self.form("Dropout", 7, [cube]),
    ])
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges"))
  func arithmeticAgrees() throws {
    let cube = Self.floats([2, 6, 5])
    let wide = Tensor([3], [Int64.max - 5, -7, 9_007_199_254_740_993])
    let small = Tensor([3], [2, -2, 3] as [Int64])
    try RuntimeJudge.compare([
      Self.form("Softmax", 11, [cube], ["axis": .int(1)]),
      Self.form("Softmax", 7, [cube]),
      Self.form("LogSoftmax", 11, [cube], ["axis": .int(2)]),
      Self.form("Hardmax", 11, [cube], ["axis": .int(1)]),
      Self.form("Clip", 7, [cube], ["min": .float(-0.5), "max": .float(1)]),
      Self.form("Clip", 10, [cube], ["max": .float(0.25)]),
      Self.form("Add", 7, [wide, small]), Self.form("Mul", 7, [wide, small]),
      Self.form("Div", 7, [wide, small]), Self.form("Sub", 14, [wide, small]),
      Self.form("Mod", 10, [wide, small]), Self.form("Max", 13, [wide, small]),
      Self.form("Cast", 9, [wide], ["to": .int(1)]),
      Self.form("Cast", 9, [cube], ["to": .int(6)]),
      Self.form("Cast", 13, [cube], ["to": .int(9)]),
      Self.form("Pow", 7, [cube, Tensor([1], [2] as [Float])]),
      Self.form("Pow", 15, [small, Tensor([1], [3] as [Int64])]),
      Self.form("Add", 14, [Self.half(cube), Self.half(Self.floats([5]))]),
      Self.form("Erf", 13, [Self.half(cube)]),
      Self.form("Gelu", 20, [cube], ["approximate": Self.text("tanh")]),
      Self.form("PRelu", 9, [cube, Self.floats([6, 1])]),
      Self.form("Mean", 8, [cube, Self.floats([5]), Self.floats([6, 1])]),
    ])
  }

  private static func half(_ tensor: Tensor) -> Tensor {
    Tensor(tensor.shape, tensor.floats.map { Float16($0) })
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges"))
  func reductionAndIndexingAgree() throws {
    let cube = Self.floats([2, 6, 5])
    var forms = ["Mean", "Sum", "SumSquare", "Max", "Min", "Prod", "L1", "L2", "LogSumExp"].flatMap
    {
      [
        Self.form("Reduce\($0)", 11, [cube], ["axes": .ints([-2, 0])]),
        Self.form("Reduce\($0)", 7, [cube], ["keepdims": .int(0), "axes": .ints([1])]),
        Self.form("Reduce\($0)", 12, [cube]),
      ]
    }
    forms += [
      Self.form("TopK", 9, [cube], ["k": .int(3), "axis": .int(1)], outputs: 2),
      Self.form("TopK", 10, [cube, Self.integers([2])], outputs: 2),
      Self.form("TopK", 11, [cube, Self.integers([4])], ["largest": .int(0)], outputs: 2),
      Self.form("ArgMax", 11, [cube], ["axis": .int(-1), "keepdims": .int(0)]),
      Self.form("ArgMin", 7, [cube], ["axis": .int(1)]),
      Self.form(
        "Scatter", 9,
        [cube, Tensor([1, 2, 2], [0, 5, 3, 1] as [Int64]), Self.floats([1, 2, 2])],
        ["axis": .int(1)]),
      Self.form("Gather", 7, [cube, Tensor([2, 2], [0, 3, 1, 1] as [Int32])], ["axis": .int(1)]),
      Self.form(
        "OneHot", 9,
        [Self.integers([0, 2, 1]), Self.integers([4]), Tensor([2], [-1, 3] as [Float])],
        ["axis": .int(0)]),
      Self.form("CumSum", 11, [cube, Tensor(scalar: Int32(1))], ["reverse": .int(1)]),
    ]
    try RuntimeJudge.compare(forms)
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges"))
  func resizeAgrees() throws {
    let image = Self.floats([1, 2, 5, 7])
    var forms: [RuntimeJudge.Form] = []
    for (mode, scales) in [
      ("nearest", [1, 1, 2, 3] as [Float]), ("nearest", [1, 1, 0.6, 0.5]),
      ("linear", [1, 1, 2, 1.5]),
      ("linear", [1, 1, 0.6, 0.5]),
    ] {
      forms.append(
        Self.form("Resize", 10, [image, Tensor([4], scales)], ["mode": Self.text(mode)]))
    }
    for sizes in [[1, 2, 8, 11], [1, 2, 3, 5], [1, 2, 10, 14]] as [[Int64]] {
      for coordinates in ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"] {
        for mode in ["linear", "cubic"] {
          forms.append(
            Self.form(
              "Resize", 13, [image, nil, nil, Self.integers(sizes)],
              ["mode": Self.text(mode), "coordinate_transformation_mode": Self.text(coordinates)]))
        }
        for nearest in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] {
          forms.append(
            Self.form(
              "Resize", 11,
              [image, Tensor([0], [Float]()), Tensor([0], [Float]()), Self.integers(sizes)],
              [
                "nearest_mode": Self.text(nearest),
                "coordinate_transformation_mode": Self.text(coordinates),
              ]))
        }
      }
    }
    try RuntimeJudge.compare(forms)
  }
}
