import Foundation
import ModelFormats
import Tensors
import Testing

/// Weights in files beside the model.
@Suite struct ExternalDataTests {
  private static func external(
    _ location: String, offset: String? = nil, length: String? = nil
  ) -> [UInt8] {
    var tensor = ProtoMessage.tensor(code: 1, dims: [2]).int(14, 1)
    let entries = [("location", location), ("offset", offset), ("length", length)]
    for case (let key, let value?) in entries {
      tensor = tensor.message(13, ProtoMessage().text(1, key).text(2, value))
    }
    return ProtoMessage.model(initializer: tensor).bytes
  }

  @Test func viewsIntoTheDataFile() throws {
    let folder = try TemporaryFolder()
    let data = [9, 1, 2] as [Float]
    try folder.write(data.withUnsafeBytes { Array($0) }, "weights.bin")
    let path = try folder.write(Self.external("weights.bin", offset: "4", length: "8"), "m.onnx")
    let model = try ONNXReader.read(path: path)
    let tensor = try #require(model.graph.initializers["w"])
    #expect(tensor.floats == [1, 2])
    #expect(tensor.storage.isMapped)
    #expect(model.fileBytes == (try contents(path)).count + 12)
  }

  @Test func lengthMayBeMissing() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: false)
    try folder.write([UInt8](repeating: 0, count: 8), "data/weights.bin")
    let path = try folder.write(Self.external("data/weights.bin"), "m.onnx")
    #expect(try ONNXReader.read(path: path).graph.initializers["w"]?.floats == [0, 0])
  }

  @Test(arguments: ["/etc/hostname", "../x.bin", "a/../../x.bin", ""])
  func staysInTheFolder(location: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.external(location), "m.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.code == .malformedFile)
    #expect(error.description.contains("outside the model's folder"), "\(error)")
  }

  @Test func linksMayNotLeaveTheFolder() throws {
    let (folder, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
    try elsewhere.write([UInt8](repeating: 0, count: 8), "secret")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("w.bin"), withDestinationPath: elsewhere.file("secret"))
    let path = try folder.write(Self.external("w.bin"), "m.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.description.contains("outside the model's folder"), "\(error)")
  }

  @Test func linksOfADownloadCacheAreFollowed() throws {
    let (folder, blobs) = (try TemporaryFolder(), try TemporaryFolder())
    try blobs.write([UInt8](repeating: 0, count: 8), "1")
    try blobs.write(Self.external("w.bin"), "2")
    for (name, blob) in [("w.bin", "1"), ("m.onnx", "2")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name), withDestinationPath: blobs.file(blob))
    }
    #expect(try ONNXReader.read(path: folder.file("m.onnx")).graph.initializers.count == 1)
  }

  @Test func missingDataFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.external("weights.bin"), "m.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.code == .missingFile)
    #expect(error.path == folder.file("weights.bin"))
    #expect(error.subject == "tensor 'w'")
  }

  @Test func truncatedDataFileIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3, 4, 5], "weights.bin")
    for offset in ["0", "4", "99", "9223372036854775807"] {
      let path = try folder.write(Self.external("weights.bin", offset: offset), "m.onnx")
      let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
      #expect(error.code == .truncatedFile)
      #expect(error.path == folder.file("weights.bin"))
    }
  }

  @Test(arguments: ["-4", "x", "99999999999999999999"])
  func numbersAreChecked(offset: String) throws {
    let folder = try TemporaryFolder()
    try folder.write([UInt8](repeating: 0, count: 8), "weights.bin")
    let path = try folder.write(Self.external("weights.bin", offset: offset), "m.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.description.contains("as offset"), "\(error)")
  }

  @Test func lengthMustFitTheShape() throws {
    let folder = try TemporaryFolder()
    try folder.write([UInt8](repeating: 0, count: 64), "weights.bin")
    let path = try folder.write(Self.external("weights.bin", length: "12"), "m.onnx")
    let error = try #require(throws: EngineError.self) { try ONNXReader.read(path: path) }
    #expect(error.description.contains("12 bytes"), "\(error)")
  }

  @Test func memoryHasNoFolder() throws {
    let error = try #require(throws: EngineError.self) {
      try ONNXReader.read(bytes: Self.external("weights.bin"))
    }
    #expect(error.code == .unsupported)
  }
}
