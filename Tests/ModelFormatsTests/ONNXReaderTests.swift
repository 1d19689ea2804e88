import ModelFormats
import NetworkGraph
import Tensors
import Testing

/// Structure of models: attributes, subgraphs, what is kept, and what is refused.
@Suite struct ONNXReaderTests {
  /// A model of one node with one attribute.
  private func model(attribute: ProtoMessage) -> ProtoMessage {
    let node = ProtoMessage.node("Op", ["x"], ["y"]).message(5, attribute)
    return .model(
      ProtoMessage().text(2, "g").message(1, node).message(11, ProtoMessage().text(1, "x"))
        .message(12, ProtoMessage().text(1, "y")))
  }

  private func value(_ attribute: ProtoMessage) throws -> AttributeValue? {
    let graph = try ONNXReader.read(bytes: model(attribute: attribute.text(1, "a")).bytes)
    return graph.nodes[0].attributes["a"]
  }

  @Test(arguments: [true, false])
  func attributeKinds(isTyped: Bool) throws {
    func typed(_ message: ProtoMessage, _ kind: Int) -> ProtoMessage {
      isTyped ? message.int(20, kind) : message
    }
    if case .float(let value)? = try value(typed(ProtoMessage().fixed32(2, 0.5), 1)) {
      #expect(value == 0.5)
    } else {
      Issue.record("no float")
    }
    if case .int(let value)? = try value(typed(ProtoMessage().int(3, -7), 2)) {
      #expect(value == -7)
    } else {
      Issue.record("no int")
    }
    if case .string(let value)? = try value(typed(ProtoMessage().data(4, [0xFF, 0]), 3)) {
      #expect(value == [0xFF, 0])
    } else {
      Issue.record("no string")
    }
    let tensor = ProtoMessage.tensor("t", code: 2, dims: [2]).data(9, [1, 2])
    if case .tensor(let value)? = try value(typed(ProtoMessage().message(5, tensor), 4)) {
      #expect(value.array(of: UInt8.self) == [1, 2])
    } else {
      Issue.record("no tensor")
    }
    if case .floats(let values)? = try value(
      typed(ProtoMessage().packed(7, fixed: [1, 2] as [Float]).fixed32(7, 3), 6))
    {
      #expect(values == [1, 2, 3])
    } else {
      Issue.record("no floats")
    }
    if case .ints(let values)? = try value(typed(ProtoMessage().int(8, 1).packed(8, [-2, 3]), 7)) {
      #expect(values == [1, -2, 3])
    } else {
      Issue.record("no ints")
    }
    if case .strings(let values)? = try value(typed(ProtoMessage().data(9, [1]).data(9, []), 8)) {
      #expect(values == [[1], []])
    } else {
      Issue.record("no strings")
    }
    if case .tensors(let values)? = try value(typed(ProtoMessage().message(10, tensor), 9)) {
      #expect(values.map(\.shape) == [[2]])
    } else {
      Issue.record("no tensors")
    }
  }

  @Test func valuesAtTheirDefaultMayBeLeftOut() throws {
    if case .int(let value)? = try value(ProtoMessage().int(20, 2)) {
      #expect(value == 0)
    } else {
      Issue.record("no int")
    }
  }

  @Test func typeAttributesStayAsTheyAre() throws {
    let type = ProtoMessage().message(14, ProtoMessage().message(1, ProtoMessage().int(1, 1)))
      .int(20, 13)
    guard case .opaque(let fields)? = try value(type) else {
      Issue.record("not opaque")
      return
    }
    #expect(fields == type.bytes)
  }

  /// `If` with branches that read an outer value, their nodes out of order.
  private var nested: ProtoMessage {
    let branch = ProtoMessage().text(2, "branch")
      .message(1, .node("Neg", ["t"], ["r"])).message(1, .node("Abs", ["x"], ["t"]))
      .message(12, ProtoMessage().text(1, "r"))
    func attribute(_ name: String) -> ProtoMessage {
      ProtoMessage().text(1, name).message(6, branch).int(20, 5)
    }
    let node = ProtoMessage.node("If", ["c"], ["y"]).message(5, attribute("then_branch"))
      .message(5, attribute("else_branch"))
    return .model(
      ProtoMessage().text(2, "g").message(1, node).message(11, ProtoMessage().text(1, "x"))
        .message(11, ProtoMessage().text(1, "c")).message(12, ProtoMessage().text(1, "y")))
  }

  @Test func subgraphsReadOuterValues() throws {
    let graph = try ONNXReader.read(bytes: nested.bytes)
    #expect(graph.nodes[0].allInputs == ["c", "x"])
    #expect(graph.nodes[0].graph("then_branch")?.nodes.map(\.op) == ["Abs", "Neg"])
    let again = try ONNXReader.read(bytes: ONNXWriter.bytes(graph))
    #expect(again.nodes[0].graph("else_branch")?.nodes.map(\.op) == ["Abs", "Neg"])
  }

  @Test func missingOuterValueIsNamed() throws {
    let bytes = nested.bytes.map { $0 == UInt8(ascii: "x") ? UInt8(ascii: "q") : $0 }
    let graph = try ONNXReader.read(bytes: bytes)
    #expect(graph.inputs[0].name == "q")
    let branch = ProtoMessage().text(2, "b").message(1, .node("Neg", ["lost"], ["r"]))
      .message(12, ProtoMessage().text(1, "r"))
    let error = try #require(throws: EngineError.self) {
      let attribute = ProtoMessage().text(1, "then_branch").message(6, branch).int(20, 5)
      return try ONNXReader.read(bytes: model(attribute: attribute).bytes)
    }
    #expect(error.description.contains("'lost'"), "\(error)")
  }

  @Test func nestingHasALimit() throws {
    var graph = ProtoMessage().text(2, "deep")
    for _ in 0..<200 {
      graph = ProtoMessage().message(
        1, .node("If", [], []).message(5, ProtoMessage().text(1, "a").message(6, graph).int(20, 5)))
    }
    let error = try #require(throws: EngineError.self) {
      try ONNXReader.read(bytes: ProtoMessage.model(graph).bytes)
    }
    #expect(error.description.contains("nested"), "\(error)")
  }

  @Test func uninterpretedFieldsAreWrittenBack() throws {
    let function = ProtoMessage().text(1, "Twice").text(10, "mine")
    let tensor = ProtoMessage.tensor(code: 2, dims: [1]).data(9, [5]).text(12, "about w")
    let attribute = ProtoMessage().text(1, "a").int(3, 1).int(20, 2).text(13, "about a")
    let node = ProtoMessage.node("Twice", ["w"], ["y"]).message(5, attribute).text(7, "mine")
      .text(6, "about the node").int(77, 3)
    let graph = ProtoMessage().text(2, "g").message(1, node).message(5, tensor)
      .message(12, ProtoMessage().text(1, "y").text(3, "about y")).text(10, "about the graph")
    let bytes = ProtoMessage.model(graph).text(2, "producer").message(25, function)
      .message(14, ProtoMessage().text(1, "k").text(2, "v")).int(99, 1).bytes
    let read = try ONNXReader.read(bytes: bytes)
    #expect(read.functionNames == ["mine:Twice"])
    let written = ONNXWriter.bytes(read)
    #expect(written.count == bytes.count)
    for text in ["about w", "about a", "about the node", "about y", "about the graph", "producer"] {
      #expect(String(decoding: written, as: UTF8.self).contains(text))
    }
    let again = try ONNXReader.read(bytes: written)
    #expect(again.preservedModelFields == read.preservedModelFields)
    #expect(again.nodes[0].preserved == read.nodes[0].preserved)
    #expect(ONNXWriter.bytes(again) == written)
  }

  @Test func theOnnxDomainHasTwoNames() throws {
    let node = ProtoMessage.node("Abs", ["x"], ["y"]).text(7, "ai.onnx")
    let graph = ProtoMessage().message(1, node).message(11, ProtoMessage().text(1, "x"))
      .message(12, ProtoMessage().text(1, "y"))
    let opset = ProtoMessage().text(1, "ai.onnx").int(2, 17)
    let read = try ONNXReader.read(
      bytes: ProtoMessage().int(1, 8).message(8, opset).message(7, graph).bytes)
    #expect(read.opset == 17)
    #expect(read.nodes[0].domain.isEmpty)
  }

  @Test func changedDeclarationsAreWrittenAnew() throws {
    let type = ProtoMessage().message(
      1,
      ProtoMessage().int(1, 1).message(
        2,
        ProtoMessage().message(1, ProtoMessage().int(1, 3)).message(
          1, ProtoMessage().text(2, "N")
        ).message(1, ProtoMessage())))
    let info = ProtoMessage().text(1, "x").message(2, type).text(3, "about x")
    let graph = ProtoMessage().message(11, info).message(12, info)
    var read = try ONNXReader.read(bytes: ProtoMessage.model(graph).bytes)
    #expect(read.inputs[0].type == .float32)
    #expect(read.inputs[0].shape == [.fixed(3), .symbol("N"), .unknown])
    read.inputs[0].name = "z"
    read.outputs[0].name = "z"
    read.outputs[0].type = .float16
    read.outputs[0].shape = [.fixed(1), .unknown, .symbol("M")]
    let again = try ONNXReader.read(bytes: ONNXWriter.bytes(read))
    #expect(again.inputs[0].name == "z")
    #expect(again.inputs[0].shape == [.fixed(3), .symbol("N"), .unknown])
    #expect(again.outputs[0].type == .float16)
    #expect(again.outputs[0].shape == [.fixed(1), .unknown, .symbol("M")])
    #expect(String(decoding: ONNXWriter.bytes(read), as: UTF8.self).contains("about x"))
  }
}
