import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Safetensors files, both ways, with the reference implementation as the judge.
@Suite struct SafetensorsTests {
  static let samples: OrderedDictionary<String, Tensor> = [
    "z": Tensor([2], [1.5, -2] as [Float]),
    "b": Tensor([3], [true, false, true]),
    "a.\"quoted\"\n": Tensor([2, 1], [1, 2] as [Float]),
    "h": Tensor([3], [1, 2, 3] as [Float16]),
    "l": Tensor(scalar: Int64(-7)),
    "i": Tensor([1], [-1] as [Int8]),
    "u": Tensor([1], [5] as [UInt8]),
    "e": Tensor([0, 4], [] as [Float]),
    "d": Tensor([1], [0.1]),
    "n": Tensor([1], [9] as [Int32]),
  ]

  @Test func filesComeBackAsTheyWere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    let metadata = ["format": "pt", "a": "ü\u{1}"]
    let size = try SafetensorsWriter.write(tensors: Self.samples, metadata: metadata, to: path)
    #expect(size == SafetensorsWriter.byteCount(tensors: Self.samples, metadata: metadata))
    let file = try SafetensorsReader.read(path: path)
    #expect(file.fileBytes == size)
    #expect(try contents(path).count == size)
    #expect(Array(file.metadata.keys) == ["a", "format"])
    #expect(file.metadata["a"] == "ü\u{1}")
    #expect(file.tensors.count == Self.samples.count)
    for (name, tensor) in Self.samples {
      let read = try #require(file.tensors[name])
      #expect(read.type == tensor.type)
      #expect(read.shape == tensor.shape)
      #expect(read.doubles == tensor.doubles)
      #expect(read.storage.isMapped)
    }
    #expect(Array(file.tensors.keys.prefix(2)) == ["l", "d"], "not by alignment")
    #expect(try folder.names == ["a.safetensors"])
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func bytesAreThoseOfTheReference() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("ours")
    try SafetensorsWriter.write(tensors: Self.samples, metadata: ["format": "pt"], to: path)
    let script = """
      import sys
      from safetensors.numpy import load_file, save_file
      save_file(load_file(sys.argv[1]), sys.argv[2], {'format': 'pt'})
      """
    try #require(try Judge.run(script, [path, folder.file("theirs")]) != nil)
    #expect(try contents(path) == contents(folder.file("theirs")))
  }

  @Test func assetsOpen() throws {
    for name in ["tiny/digits_cnn", "cifar10/resnet20", "detection/bccd/bccd_centernet"] {
      guard let path = SharedAssets.path(name + ".safetensors") else { return }
      let file = try SafetensorsReader.read(path: path)
      #expect(!file.tensors.isEmpty)
      // Written again it is the same file, apart from how its header is padded and described.
      let folder = try TemporaryFolder()
      try SafetensorsWriter.write(
        tensors: file.tensors, metadata: Dictionary(uniqueKeysWithValues: file.metadata.map { $0 }),
        to: folder.file("a"))
      let again = try SafetensorsReader.read(path: folder.file("a"))
      #expect(Set(again.tensors.keys) == Set(file.tensors.keys))
      for (name, tensor) in file.tensors {
        #expect(again.tensors[name]?.withBytes { Array($0) } == tensor.withBytes { Array($0) })
      }
    }
  }

  private static func file(_ header: String, data: Int = 0) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  private static func entry(
    _ name: String, _ begin: Int, _ end: Int, shape: String = "[1]", dtype: String = "F32"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let says: String
  }

  static let cases: [Case] = [
    Case(testDescription: "empty", bytes: [], says: "is not a safetensors file"),
    Case(
      testDescription: "zip", bytes: Array("PK\u{3}\u{4}aaaaaaaaaaaa".utf8),
      says: "is not a safetensors file: its header would be"),
    Case(
      testDescription: "header beyond the file", bytes: Array(file("{}").dropLast()),
      says: "ends inside its header"),
    Case(
      testDescription: "header of 101 MB",
      bytes: withUnsafeBytes(of: UInt64(101_000_000)) { Array($0) } + [1, 2],
      says: "more than 100000000"),
    Case(testDescription: "no object", bytes: file("[]"), says: "no JSON object"),
    Case(testDescription: "leading space", bytes: file(" {}"), says: "no JSON object"),
    Case(testDescription: "content after", bytes: file("{}x"), says: "content after its end"),
    Case(
      testDescription: "hole", bytes: file("{\(entry("a", 0, 4)),\(entry("b", 8, 12))}", data: 12),
      says: "tensor 'b': leaves a hole"),
    Case(
      testDescription: "hole at the start", bytes: file("{\(entry("a", 4, 8))}", data: 8),
      says: "tensor 'a': leaves a hole"),
    Case(
      testDescription: "overlap",
      bytes: file("{\(entry("a", 0, 4)),\(entry("b", 0, 4))}", data: 4),
      says: "tensor 'b': overlaps"),
    Case(
      testDescription: "bytes left over", bytes: file("{\(entry("a", 0, 4))}", data: 6),
      says: "has 2 bytes that belong to no tensor"),
    Case(
      testDescription: "cut off", bytes: file("{\(entry("a", 0, 4))}", data: 3),
      says: "tensor 'a': needs data up to byte 4 of 3"),
    Case(
      testDescription: "size does not fit",
      bytes: file("{\(entry("a", 0, 4, shape: "[2]"))}", data: 4),
      says: "has 4 bytes where shape [2] of F32 needs 8"),
    Case(
      testDescription: "offsets reversed", bytes: file("{\(entry("a", 4, 0))}", data: 4),
      says: "no range"),
    Case(
      testDescription: "negative offset", bytes: file("{\(entry("a", -4, 0))}", data: 4),
      says: "no range"),
    Case(
      testDescription: "shape overflows",
      bytes: file("{\(entry("a", 0, 4, shape: "[4294967296,4294967296]"))}", data: 4),
      says: "impossible shape"),
    Case(
      testDescription: "shape is no list of lengths",
      bytes: file("{\(entry("a", 0, 4, shape: "[1.0]"))}", data: 4), says: "impossible shape"),
    Case(
      testDescription: "unknown dtype",
      bytes: file("{\(entry("a", 0, 4, dtype: "F4"))}", data: 4), says: "dtype 'F4'"),
    Case(
      testDescription: "key twice",
      bytes: file("{\(entry("a", 0, 4)),\(entry("a", 0, 4))}", data: 4),
      says: "the key 'a' a second time"),
    Case(
      testDescription: "field missing", bytes: file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}"),
      says: "needs exactly dtype, shape and data_offsets"),
    Case(
      testDescription: "metadata is no text", bytes: file("{\"__metadata__\":{\"a\":1}}"),
      says: "something else than text"),
    Case(
      testDescription: "deep nesting",
      bytes: file("{\"a\":" + String(repeating: "[", count: 5000)), says: "nested"),
    Case(
      testDescription: "not UTF-8", bytes: file("{\"").dropLast(0) + [], says: "no end of the text"),
    Case(
      testDescription: "half a surrogate pair", bytes: file("{\"\\ud800\":1}"),
      says: "surrogate pair"),
    Case(testDescription: "leading zero", bytes: file("{\"a\":01}"), says: "JSON has"),
  ]

  @Test(arguments: cases)
  func refuses(_ form: Case) throws {
    let error = try #require(throws: EngineError.self) {
      try SafetensorsReader.read(bytes: form.bytes)
    }
    #expect(error.description.contains(form.says), "\(error)")
    #expect(error.remedy != nil)
  }

  @Test func emptyFileOfNoTensors() throws {
    #expect(try SafetensorsReader.read(bytes: Self.file("{}")).tensors.isEmpty)
  }

  @Test func shards() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (folder.file("m-1.safetensors"), folder.file("m-2.safetensors"))
    try SafetensorsWriter.write(tensors: ["a": Tensor(scalar: Float(1))], to: first)
    try SafetensorsWriter.write(
      tensors: ["b": Tensor(scalar: Float(2)), "c": Tensor(scalar: Float(3))], to: second)
    func index(_ map: String) throws -> String {
      let json = "{\"metadata\":{\"total_size\":12,\"k\":\"v\"},\"weight_map\":{\(map)}}"
      return try folder.write(Array(json.utf8), "m.safetensors.index.json")
    }
    let path = try index(
      "\"b\":\"m-2.safetensors\",\"a\":\"m-1.safetensors\",\"c\":\"m-2.safetensors\"")
    let file = try SafetensorsReader.read(path: path)
    #expect(file.tensors.mapValues(\.floats) == ["b": [2], "c": [3], "a": [1]])
    #expect(file.metadata == ["k": "v"])
    let sizes = try [path, first, second].map { try contents($0).count }
    #expect(file.fileBytes == sizes.reduce(0, +))

    for (map, says) in [
      ("\"a\":\"m-3.safetensors\"", "m-3.safetensors"),
      ("\"x\":\"m-1.safetensors\"", "tensor 'x': is in the index but not in this shard"),
      ("\"a\":\"../m-1.safetensors\"", "no file name in the index's folder"),
      ("\"a\":\"..\"", "no file name in the index's folder"),
      ("\"a\":1", "no file name in the index's folder"),
    ] {
      let path = try index(map)
      let error = try #require(throws: EngineError.self) { try SafetensorsReader.read(path: path) }
      #expect(error.description.contains(says), "\(error)")
    }
    let config = try folder.write(Array("{\"a\":1}".utf8), "config.json")
    let error = try #require(throws: EngineError.self) { try SafetensorsReader.read(path: config) }
    #expect(error.description.contains("no weight_map"))
  }

  @Test func whatHasNoDtypeIsRefused() throws {
    let folder = try TemporaryFolder()
    for tensors in [
      ["s": Tensor([1], strings: ["a"])], ["__metadata__": Tensor(scalar: Float(1))],
    ] as [OrderedDictionary<String, Tensor>] {
      let error = try #require(throws: EngineError.self) {
        try SafetensorsWriter.write(tensors: tensors, to: folder.file("a"))
      }
      #expect(error.code == .unsupported)
    }
    #expect(try folder.names.isEmpty)
  }
}
