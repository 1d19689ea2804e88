import Foundation
import ModelFormats
import Tensors
import Testing

/// Files that are no models, damaged models, and models that contradict themselves.
@Suite struct ONNXRefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let code: EngineError.Code
    let says: String
  }

  private static func graph(_ parts: ProtoMessage) -> [UInt8] { ProtoMessage.model(parts).bytes }

  static let cases: [Case] = [
    Case(testDescription: "empty", bytes: [], code: .malformedFile, says: "the file is empty"),
    Case(
      testDescription: "PNG", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], code: .malformedFile,
      says: "is not an ONNX model: the file is a PNG image"),
    Case(
      testDescription: "HTML", bytes: Array("<!DOCTYPE html>".utf8), code: .malformedFile,
      says: "is not an ONNX model: the file is HTML"),
    Case(
      testDescription: "JSON", bytes: Array("{}".utf8), code: .malformedFile, says: "JSON text"),
    Case(
      testDescription: "Git LFS pointer",
      bytes: Array("version https://git-lfs.github.com/spec/v1\n".utf8), code: .malformedFile,
      says: "Git LFS pointer"),
    Case(
      testDescription: "plain text", bytes: Array("Hello, world. This is text.".utf8),
      code: .malformedFile, says: "is not an ONNX model"),
    Case(
      testDescription: "zeros", bytes: [UInt8](repeating: 0, count: 100), code: .malformedFile,
      says: "is not an ONNX model"),
    Case(
      testDescription: "no graph", bytes: ProtoMessage().int(1, 8).bytes, code: .malformedFile,
      says: "it holds no graph"),
    Case(
      testDescription: "opset 26", bytes: ProtoMessage.model(ProtoMessage(), opset: 26).bytes,
      code: .unsupported, says: "opset 26"),
    Case(
      testDescription: "opset 0", bytes: ProtoMessage.model(ProtoMessage(), opset: 0).bytes,
      code: .malformedFile, says: "opset 0"),
    Case(
      testDescription: "two opsets of one domain",
      bytes: ProtoMessage.model(ProtoMessage()).message(8, ProtoMessage().int(2, 9)).bytes,
      code: .malformedFile, says: "imported in version"),
    Case(
      testDescription: "two graphs",
      bytes: ProtoMessage.model(ProtoMessage()).message(7, ProtoMessage()).bytes,
      code: .malformedFile, says: "two graphs"),
    Case(
      testDescription: "cut off in the graph",
      bytes: graph(ProtoMessage().text(2, String(repeating: "g", count: 50))).dropLast(10).map(
        \.self),
      code: .truncatedFile, says: "bytes, but"),
    Case(
      testDescription: "cut off in a number", bytes: [0x08, 0x88], code: .truncatedFile,
      says: "ends inside an integer"),
    Case(
      testDescription: "wrong wire type", bytes: graph(ProtoMessage().int(1, 5)),
      code: .malformedFile, says: "node 0 (?): field 1 holds an integer"),
    Case(
      testDescription: "invalid wire type", bytes: graph(ProtoMessage().raw([0x0B])),
      code: .malformedFile, says: "wire type 3 of field 1"),
    Case(
      testDescription: "field number 0", bytes: graph(ProtoMessage().raw([0x00, 0x00])),
      code: .malformedFile, says: "field number 0"),
    Case(
      testDescription: "endless integer",
      bytes: graph(ProtoMessage().raw([0x18] + [UInt8](repeating: 0xFF, count: 12))),
      code: .malformedFile, says: "longer than 64 bits"),
    Case(
      testDescription: "length beyond the enclosing message",
      bytes: ProtoMessage.model(ProtoMessage().raw([0x0A, 0x7F, 0x0A])).text(2, "more").bytes,
      code: .malformedFile, says: "needs 127 bytes, but 1 are left"),
    Case(
      testDescription: "length of 2^64 - 1",
      bytes: graph(ProtoMessage().raw([0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01])),
      code: .truncatedFile, says: "needs 18446744073709551615 bytes"),
    Case(
      testDescription: "node without operator",
      bytes: graph(ProtoMessage().message(1, ProtoMessage().text(2, "y"))), code: .malformedFile,
      says: "node 0 (?): names no operator"),
    Case(
      testDescription: "value produced twice",
      bytes: graph(
        ProtoMessage().message(1, .node("A", [], ["y"])).message(1, .node("B", [], ["y"]))),
      code: .malformedFile, says: "node 1 (B): value 'y' is produced twice"),
    Case(
      testDescription: "cycle",
      bytes: graph(
        ProtoMessage().message(1, .node("A", ["b"], ["a"])).message(1, .node("B", ["a"], ["b"]))),
      code: .malformedFile, says: "cycle"),
    Case(
      testDescription: "unknown input",
      bytes: graph(ProtoMessage().message(1, .node("A", ["b"], ["a"]))), code: .malformedFile,
      says: "input 'b' is produced by no node"),
    Case(
      testDescription: "unknown output",
      bytes: graph(ProtoMessage().message(12, ProtoMessage().text(1, "y"))), code: .malformedFile,
      says: "output 'y'"),
    Case(
      testDescription: "initializer twice",
      bytes: graph(
        ProtoMessage().message(5, .tensor(code: 1, dims: [0])).message(
          5, .tensor(code: 1, dims: [0]))), code: .malformedFile, says: "'w' is stored twice"),
    Case(
      testDescription: "initializer without name",
      bytes: graph(ProtoMessage().message(5, .tensor("", code: 1, dims: [0]))),
      code: .malformedFile, says: "initializer 0 has no name"),
    Case(
      testDescription: "input twice",
      bytes: graph(
        ProtoMessage().message(11, ProtoMessage().text(1, "x")).message(
          11, ProtoMessage().text(1, "x"))), code: .malformedFile, says: "input 'x': is declared"),
    Case(
      testDescription: "attribute twice",
      bytes: graph(
        ProtoMessage().message(
          1,
          .node("A", [], ["y"]).message(5, ProtoMessage().text(1, "pads").int(3, 1)).message(
            5, ProtoMessage().text(1, "pads").int(3, 1)))), code: .malformedFile,
      says: "node 0 (A), attribute 'pads': is given twice"),
    Case(
      testDescription: "attribute cut off",
      bytes: graph(
        ProtoMessage().message(
          1,
          .node("Conv", [], ["y"]).message(
            5, ProtoMessage().text(1, "pads").data(8, [0x80]))
        ).text(2, "g")),
      code: .malformedFile, says: "node 0 (Conv), attribute 'pads': the content ends"),
    Case(
      testDescription: "attribute of unknown kind",
      bytes: graph(
        ProtoMessage().message(
          1, .node("A", [], []).message(5, ProtoMessage().text(1, "a").int(20, 99)))),
      code: .malformedFile, says: "attribute 'a': has the unknown kind 99"),
    Case(
      testDescription: "tensor attribute without tensor",
      bytes: graph(
        ProtoMessage().message(
          1, .node("A", [], []).message(5, ProtoMessage().text(1, "a").int(20, 4)))),
      code: .malformedFile, says: "declares a tensor but holds none"),
  ]

  @Test(arguments: cases)
  func refuses(_ form: Case) throws {
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(bytes: form.bytes) }
    #expect(error.code == form.code, "\(error)")
    #expect(error.description.contains(form.says), "\(error)")
    #expect(error.remedy != nil, "\(error)")
  }

  @Test func namesTheFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([0x89, 0x50, 0x4E, 0x47], "picture.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.path == path)
    for missing in [folder.file("none.onnx"), folder.path] {
      let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: missing) }
      #expect(error.code == .missingFile)
      #expect(error.path == missing)
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = ProtoMessage.model(
      initializer: .tensor(code: 1, dims: [2, 2]).packed(4, fixed: [1, 2, 3, 4] as [Float])
    ).bytes
    _ = try ONNXReader.read(bytes: whole)
    for length in 0..<whole.count {
      #expect(throws: EngineError.self, "\(length) bytes") {
        try ONNXReader.read(bytes: Array(whole.prefix(length)))
      }
    }
  }
}
