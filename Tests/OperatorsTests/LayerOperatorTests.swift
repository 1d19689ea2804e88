import NetworkGraph
import Operators
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Forms of the layer operators that ONNX's installed cases do not have; the expected values follow
/// the formulas of the specification.
@Suite struct LayerOperatorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let op: String
    let opset: Int
    let inputs: [Tensor?]
    var attributes: OrderedDictionary<String, AttributeValue> = [:]
    let expected: Tensor
  }

  private static func floats(_ shape: [Int], _ values: [Float]) -> Tensor { Tensor(shape, values) }
  private static func codes(_ type: ElementType, _ shape: [Int], _ values: [Int8]) -> Tensor {
    Tensor(shape, values).reinterpreted(as: type)
  }

  static let quantization = [
    Row(
      testDescription: "int4 codes saturate, ties go to even", op: "QuantizeLinear", opset: 21,
      inputs: [
        floats([6], [0.5, 1.5, 2.5, -100, 100, -0.5]), floats([], [1]), codes(.int4, [], [0]),
      ],
      expected: codes(.int4, [6], [0, 2, 2, -8, 7, 0])),
    Row(
      testDescription: "uint4 by output_dtype", op: "QuantizeLinear", opset: 21,
      inputs: [floats([3], [-1, 7, 99]), floats([], [1])],
      attributes: ["output_dtype": .int(21)],
      expected: Tensor([3], [0, 7, 15] as [UInt8]).reinterpreted(as: .uint4)),
    Row(
      testDescription: "int16 codes", op: "QuantizeLinear", opset: 21,
      inputs: [
        floats([3], [-1e9, 3.5, 1e9]), floats([], [1]), Tensor(scalar: Int16(256)),
      ],
      expected: Tensor([3], [-32768, 260, 32767] as [Int16])),
    Row(
      testDescription: "float8 saturates", op: "QuantizeLinear", opset: 19,
      inputs: [
        floats([3], [0, 1e6, -1]), floats([], [1]),
        Tensor([], [0] as [UInt8]).reinterpreted(as: .float8e4m3fn),
      ],
      expected: Tensor([3], [0, 0x7E, 0xB8] as [UInt8]).reinterpreted(as: .float8e4m3fn)),
    Row(
      testDescription: "float8 without saturation", op: "QuantizeLinear", opset: 19,
      inputs: [
        floats([2], [1e6, 1]), floats([], [1]),
        Tensor([], [0] as [UInt8]).reinterpreted(as: .float8e5m2),
      ],
      attributes: ["saturate": .int(0)],
      expected: Tensor([2], [0x7C, 0x3C] as [UInt8]).reinterpreted(as: .float8e5m2)),
    Row(
      testDescription: "blocks along the last axis, the last one short", op: "DequantizeLinear",
      opset: 21,
      inputs: [codes(.int8, [1, 5], [1, 2, 3, 4, 5]), floats([1, 3], [1, 10, 100])],
      attributes: ["axis": .int(1), "block_size": .int(2)],
      expected: floats([1, 5], [1, 2, 30, 40, 500])),
    Row(
      testDescription: "blocks along the first axis with zero points", op: "DequantizeLinear",
      opset: 21,
      inputs: [
        codes(.int4, [4, 2], [1, 2, 3, 4, 5, 6, 7, 0]), floats([2, 2], [1, 2, 3, 4]),
        codes(.int4, [2, 2], [1, 0, 0, 1]),
      ],
      attributes: ["axis": .int(0), "block_size": .int(2)],
      expected: floats([4, 2], [0, 4, 2, 8, 15, 20, 21, -4])),
    Row(
      testDescription: "negative axis", op: "DequantizeLinear", opset: 13,
      inputs: [codes(.int8, [2, 2], [1, 2, 3, 4]), floats([2], [1, 10])],
      attributes: ["axis": .int(-1)],
      expected: floats([2, 2], [1, 20, 3, 40])),
    Row(
      testDescription: "int32 without a zero point", op: "DequantizeLinear", opset: 10,
      inputs: [Tensor([2], [1_000_000, -3] as [Int32]), floats([], [0.5])],
      expected: floats([2], [500_000, -1.5])),
    Row(
      testDescription: "float16 by output_dtype", op: "DequantizeLinear", opset: 23,
      inputs: [codes(.int8, [2], [3, -4]), floats([], [0.5])],
      attributes: ["output_dtype": .int(10)],
      expected: Tensor([2], [1.5, -2] as [Float16])),
  ]

  static let normalization = [
    Row(
      testDescription: "groups with a scale per group", op: "GroupNormalization", opset: 18,
      inputs: [floats([1, 4, 1], [1, 3, 10, 30]), floats([2], [1, 2]), floats([2], [0, 5])],
      attributes: ["num_groups": .int(2), "epsilon": .float(0)],
      expected: floats([1, 4, 1], [-1, 1, 3, 7])),
    Row(
      testDescription: "groups with a scale per channel", op: "GroupNormalization", opset: 21,
      inputs: [
        floats([1, 4, 1], [1, 3, 10, 30]), floats([4], [1, 2, 3, 4]), floats([4], [0, 1, 2, 3]),
      ],
      attributes: ["num_groups": .int(2), "epsilon": .float(0)],
      expected: floats([1, 4, 1], [-1, 3, -1, 7])),
    Row(
      testDescription: "root mean square", op: "RMSNormalization", opset: 23,
      inputs: [floats([2, 2], [1, 7, 3, 4]), floats([2], [5, 10])],
      attributes: ["epsilon": .float(0)],
      expected: floats([2, 2], [1, 14, 4.2426405, 11.313708])),
    Row(
      testDescription: "2-norm, zero stays zero", op: "LpNormalization", opset: 22,
      inputs: [floats([2, 2], [3, 4, 0, 0])],
      expected: floats([2, 2], [0.6, 0.8, 0, 0])),
    Row(
      testDescription: "1-norm along axis 0", op: "LpNormalization", opset: 1,
      inputs: [floats([2, 2], [1, -4, 3, 4])],
      attributes: ["axis": .int(0), "p": .int(1)],
      expected: floats([2, 2], [0.25, -0.5, 0.75, 0.5])),
  ]

  static let layers = [
    Row(
      testDescription: "grouped, dilated, 1-D", op: "Conv", opset: 11,
      inputs: [
        floats([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), floats([2, 1, 2], [1, 1, 1, -1]),
        floats([2], [10, 20]),
      ],
      attributes: ["group": .int(2), "dilations": .ints([2])],
      expected: floats([1, 2, 2], [14, 16, 18, 18])),
    Row(
      testDescription: "stride and asymmetric padding", op: "Conv", opset: 11,
      inputs: [
        floats([1, 1, 3, 3], (1...9).map { Float($0) }), floats([1, 1, 2, 2], [1, 2, 3, 4]),
      ],
      attributes: ["strides": .ints([2, 2]), "pads": .ints([1, 0, 0, 1])],
      expected: floats([1, 1, 2, 2], [11, 9, 67, 33])),
    Row(
      testDescription: "a window in the padding at the end does not count", op: "MaxPool",
      opset: 12,
      inputs: [floats([1, 1, 3], [1, 2, 3])],
      attributes: [
        "kernel_shape": .ints([1]), "strides": .ints([2]), "pads": .ints([0, 0]),
        "ceil_mode": .int(1),
      ],
      expected: floats([1, 1, 2], [1, 3])),
    Row(
      testDescription: "windows over the end, padding counted", op: "AveragePool", opset: 19,
      inputs: [floats([1, 1, 4], [1, 2, 3, 4])],
      attributes: [
        "kernel_shape": .ints([3]), "strides": .ints([2]), "pads": .ints([1, 1]),
        "ceil_mode": .int(1), "count_include_pad": .int(1),
      ],
      expected: floats([1, 1, 3], [1, 3, 2])),
    Row(
      testDescription: "dilated mean", op: "AveragePool", opset: 19,
      inputs: [floats([1, 1, 4], [1, 2, 3, 4])],
      attributes: ["kernel_shape": .ints([2]), "dilations": .ints([2])],
      expected: floats([1, 1, 2], [2, 3])),
    Row(
      testDescription: "3-norm", op: "LpPool", opset: 18,
      inputs: [floats([1, 1, 2], [-2, 1])],
      attributes: ["kernel_shape": .ints([2]), "p": .int(3)],
      expected: floats([1, 1, 1], [2.0800838])),
    Row(
      testDescription: "2-norm", op: "GlobalLpPool", opset: 2,
      inputs: [floats([1, 1, 1, 2], [3, -4])],
      expected: floats([1, 1, 1, 1], [5])),
    Row(
      testDescription: "grouped, with output padding", op: "ConvTranspose", opset: 11,
      inputs: [floats([1, 2, 2], [1, 2, 3, 4]), floats([2, 1, 2], [1, 2, 3, 4])],
      attributes: ["group": .int(2), "strides": .ints([2]), "output_padding": .ints([1])],
      expected: floats([1, 2, 5], [1, 2, 2, 4, 0, 9, 12, 12, 16, 0])),
    Row(
      testDescription: "vectors", op: "MatMul", opset: 13,
      inputs: [floats([2], [1, 2]), floats([2], [3, 4])],
      expected: floats([], [11])),
    Row(
      testDescription: "integers wrap", op: "MatMul", opset: 13,
      inputs: [Tensor([1, 1], [Int32.max]), Tensor([1, 1], [2 as Int32])],
      expected: Tensor([1, 1], [-2 as Int32])),
    Row(
      testDescription: "broadcast batches", op: "MatMul", opset: 13,
      inputs: [floats([2, 1, 1, 2], [1, 2, 3, 4]), floats([2, 2, 1], [1, 1, 2, 2])],
      expected: floats([2, 2, 1, 1], [3, 6, 7, 14])),
    Row(
      testDescription: "ellipsis in the middle of an implicit result", op: "Einsum", opset: 12,
      inputs: [floats([2, 1, 2], [1, 2, 3, 4]), floats([2], [10, 100])],
      attributes: ["equation": .string(Array("b...i, i".utf8))],
      expected: floats([1, 2], [210, 430])),
  ]

  @Test(arguments: quantization + normalization + layers)
  func resultIsAsSpecified(_ row: Row) throws {
    let (graph, inputs) = GraphBuilding.node(
      row.op, row.inputs, attributes: row.attributes, opset: row.opset)
    let result = try ReferenceExecutor(graph: graph).run(inputs: inputs)
    let actual = try #require(result["out0"])
    #expect(
      TensorDifference.describe(actual, expected: row.expected, absolute: 1e-6) == nil,
      "\(actual.doubles) instead of \(row.expected.doubles)")
    let facts = try ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
    #expect(facts["out0"]?.type == row.expected.type)
    #expect(facts["out0"]?.shape == row.expected.shape)
  }
}
