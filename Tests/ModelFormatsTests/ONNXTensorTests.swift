import ModelFormats
import NetworkGraph
import Tensors
import Testing

/// Every way in which a `TensorProto` stores its elements.
@Suite struct ONNXTensorTests {
  private func read(_ tensor: ProtoMessage) throws -> Tensor {
    let graph = try ONNXReader.read(bytes: ProtoMessage.model(initializer: tensor).bytes)
    return try #require(graph.initializers["w"])
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let type: ElementType
    let message: @Sendable () -> ProtoMessage
    let expected: [Double]
  }

  static let cases: [Case] = [
    Case(
      testDescription: "float_data packed", type: .float32,
      message: { .tensor(code: 1, dims: [2]).packed(4, fixed: [1.5, -2] as [Float]) },
      expected: [1.5, -2]),
    Case(
      testDescription: "float_data unpacked", type: .float32,
      message: { .tensor(code: 1, dims: [2]).fixed32(4, 1.5).fixed32(4, -2) }, expected: [1.5, -2]),
    Case(
      testDescription: "float_data packed in two runs", type: .float32,
      message: {
        .tensor(code: 1, dims: [3]).packed(4, fixed: [1, 2] as [Float]).packed(
          4, fixed: [3] as [Float])
      }, expected: [1, 2, 3]),
    Case(
      testDescription: "double_data", type: .float64,
      message: { .tensor(code: 11, dims: [2]).packed(10, fixed: [0.1, -2] as [Double]) },
      expected: [0.1, -2]),
    Case(
      testDescription: "int64_data", type: .int64,
      message: { .tensor(code: 7, dims: [2]).packed(7, [-1, 1 << 40]) },
      expected: [-1, 1_099_511_627_776]),
    Case(
      testDescription: "int64_data unpacked", type: .int64,
      message: { .tensor(code: 7, dims: [2]).int(7, -1).int(7, 5) }, expected: [-1, 5]),
    Case(
      testDescription: "uint64_data", type: .uint64,
      message: { .tensor(code: 13, dims: [1]).packed(11, [7]) }, expected: [7]),
    Case(
      testDescription: "uint32 in uint64_data", type: .uint32,
      message: { .tensor(code: 12, dims: [1]).packed(11, [4_000_000_000]) },
      expected: [4_000_000_000]),
    Case(
      testDescription: "int32_data", type: .int32,
      message: { .tensor(code: 6, dims: [2]).packed(5, [-5, 5]) }, expected: [-5, 5]),
    Case(
      testDescription: "int8 in int32_data", type: .int8,
      message: { .tensor(code: 3, dims: [2]).packed(5, [-128, 127]) }, expected: [-128, 127]),
    Case(
      testDescription: "uint8 in int32_data", type: .uint8,
      message: { .tensor(code: 2, dims: [2]).packed(5, [0, 255]) }, expected: [0, 255]),
    Case(
      testDescription: "int16 in int32_data", type: .int16,
      message: { .tensor(code: 5, dims: [1]).packed(5, [-300]) }, expected: [-300]),
    Case(
      testDescription: "uint16 in int32_data", type: .uint16,
      message: { .tensor(code: 4, dims: [1]).packed(5, [65535]) }, expected: [65535]),
    Case(
      testDescription: "bool in int32_data", type: .bool,
      message: { .tensor(code: 9, dims: [3]).packed(5, [0, 1, 7]) }, expected: [0, 1, 1]),
    Case(
      testDescription: "bool raw with another true", type: .bool,
      message: { .tensor(code: 9, dims: [3]).data(9, [0, 1, 255]) }, expected: [0, 1, 1]),
    Case(
      testDescription: "float16 in int32_data", type: .float16,
      message: { .tensor(code: 10, dims: [1]).packed(5, [0x3C00]) }, expected: [1]),
    Case(
      testDescription: "bfloat16 in int32_data", type: .bfloat16,
      message: { .tensor(code: 16, dims: [1]).packed(5, [0x3F80]) }, expected: [1]),
    Case(
      testDescription: "float8e4m3fn in int32_data", type: .float8e4m3fn,
      message: { .tensor(code: 17, dims: [1]).packed(5, [0x38]) }, expected: [1]),
    Case(
      testDescription: "int4 raw, odd", type: .int4,
      message: { .tensor(code: 22, dims: [3]).data(9, [0x7F, 0x08]) }, expected: [-1, 7, -8]),
    Case(
      testDescription: "uint4 raw", type: .uint4,
      message: { .tensor(code: 21, dims: [2]).data(9, [0x7F]) }, expected: [15, 7]),
    Case(
      testDescription: "int4 in int32_data", type: .int4,
      message: { .tensor(code: 22, dims: [3]).packed(5, [0x7F, 0x08]) }, expected: [-1, 7, -8]),
    Case(
      testDescription: "int2 raw", type: .int2,
      message: { .tensor(code: 26, dims: [5]).data(9, [0b1110_0100, 0b10]) },
      expected: [0, 1, -2, -1, -2]),
    Case(
      testDescription: "uint2 raw", type: .uint2,
      message: { .tensor(code: 25, dims: [4]).data(9, [0b1110_0100]) }, expected: [0, 1, 2, 3]),
    Case(
      testDescription: "scalar raw", type: .float32,
      message: { .tensor(code: 1, dims: []).data(9, [0, 0, 0x80, 0x3F]) }, expected: [1]),
    Case(
      testDescription: "packed dims", type: .uint8,
      message: { .tensor(code: 2, dims: []).packed(1, [2, 1]).data(9, [3, 4]) }, expected: [3, 4]),
    Case(
      testDescription: "no elements, no data", type: .float32,
      message: { .tensor(code: 1, dims: [0, 4]) }, expected: []),
  ]

  @Test(arguments: cases)
  func storage(_ form: Case) throws {
    let tensor = try read(form.message())
    #expect(tensor.type == form.type)
    #expect(tensor.doubles == form.expected)
    // Written as raw data it is the same.
    let graph = try ONNXReader.read(bytes: ProtoMessage.model(initializer: form.message()).bytes)
    let written = ONNXWriter.bytes(graph)
    #expect(written.count == ONNXWriter.byteCount(graph))
    let again = try #require(try ONNXReader.read(bytes: written).initializers["w"])
    #expect(again.type == form.type)
    #expect(again.shape == tensor.shape)
    #expect(again.doubles == form.expected)
  }

  @Test func complexAndStrings() throws {
    let complex = try read(.tensor(code: 14, dims: [1]).packed(4, fixed: [1, -1] as [Float]))
    #expect(complex.type == .complex64)
    #expect(complex.withBytes { Array($0) } == [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0xBF])
    let strings = try read(.tensor(code: 8, dims: [2]).text(6, "a").text(6, "b"))
    #expect(strings.strings == ["a", "b"])
  }

  @Test func sparseInitializersBecomeDense() throws {
    let sparse = ProtoMessage()
      .message(1, .tensor(code: 1, dims: [2]).packed(4, fixed: [5, 6] as [Float]))
      .message(2, .tensor("i", code: 7, dims: [2, 2]).packed(7, [0, 2, 1, 0])).int(3, 2).int(3, 3)
    let graph = ProtoMessage().text(2, "g").message(15, sparse)
      .message(12, ProtoMessage().text(1, "w"))
    let dense = try #require(
      try ONNXReader.read(bytes: ProtoMessage.model(graph).bytes).initializers["w"])
    #expect(dense.shape == [2, 3])
    #expect(dense.floats == [0, 0, 5, 6, 0, 0])
  }

  struct Broken: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: EngineError.Code
    let says: String
    let message: @Sendable () -> ProtoMessage
  }

  static let broken: [Broken] = [
    Broken(
      testDescription: "raw too short", code: .malformedFile,
      says: "has 3 bytes where shape [2] of float32 needs 8",
      message: { .tensor(code: 1, dims: [2]).data(9, [1, 2, 3]) }),
    Broken(
      testDescription: "typed too short", code: .malformedFile,
      says: "has 1 values where shape [2] of int64 needs 2",
      message: { .tensor(code: 7, dims: [2]).packed(7, [1]) }),
    Broken(
      testDescription: "no data", code: .malformedFile, says: "has 0 values",
      message: { .tensor(code: 1, dims: [2]) }),
    Broken(
      testDescription: "packed floats not a multiple of 4", code: .malformedFile,
      says: "ends inside a 32-bit number",
      message: { .tensor(code: 1, dims: [2]).data(4, [1, 2, 3, 4, 5]) }),
    Broken(
      testDescription: "product of dims overflows", code: .malformedFile,
      says: "impossible shape",
      message: { .tensor(code: 1, dims: [1 << 40, 1 << 40]).data(9, [0]) }),
    Broken(
      testDescription: "overflow hidden behind a zero", code: .malformedFile,
      says: "impossible shape",
      message: { .tensor(code: 1, dims: [0, 1 << 40, 1 << 40]) }),
    Broken(
      testDescription: "negative axis", code: .malformedFile, says: "impossible shape [-1]",
      message: { .tensor(code: 1, dims: [-1]).data(9, [0]) }),
    Broken(
      testDescription: "huge shape, no data", code: .malformedFile, says: "has 0 values",
      message: { .tensor(code: 1, dims: [1 << 40]) }),
    Broken(
      testDescription: "unknown type", code: .unsupported, says: "data type 23",
      message: { .tensor(code: 23, dims: [2]).data(9, [0]) }),
    Broken(
      testDescription: "segments", code: .unsupported, says: "segments",
      message: { .tensor(code: 1, dims: [1]).message(3, ProtoMessage().int(1, 0)) }),
    Broken(
      testDescription: "string data of another kind", code: .malformedFile,
      says: "holds an integer", message: { .tensor(code: 8, dims: [1]).int(6, 1) }),
  ]

  @Test(arguments: broken)
  func saysWhatIsWrong(_ form: Broken) throws {
    let error = try #require(throws: EngineError.self) { try read(form.message()) }
    #expect(error.code == form.code)
    #expect(error.description.contains(form.says), "\(error)")
    #expect(error.subject?.contains("tensor") == true, "\(error)")
    #expect(error.byteOffset != nil)
    #expect(error.remedy != nil)
  }
}
