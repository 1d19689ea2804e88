import Foundation
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Reading and writing gives the same model, in the eyes of the onnx package.
@Suite struct ONNXRoundTripTests {
  /// Compares pairs of files (listed in a text file) as messages, where forms that mean the same are
  /// brought to one: where tensor data lies, absent and empty texts, the two names of ONNX's domain,
  /// attribute kinds that old exporters leave out.
  private static let comparison = """
    import sys, onnx
    from onnx import numpy_helper as nh, TensorProto as T, AttributeProto as A
    kinds = [('f',1),('i',2),('s',3),('t',4),('g',5),('floats',6),('ints',7),('strings',8)]
    def tensor(t):
        if t.data_type != T.STRING:
            data = nh.from_array(nh.to_array(t)).raw_data
            for f in ('float_data','double_data','int32_data','int64_data','uint64_data'):
                t.ClearField(f)
            t.raw_data = data
        t.ClearField('data_location')
    def normalise(m):
        if isinstance(m, T): tensor(m)
        if isinstance(m, A) and not m.type:
            m.type = next((k for f, k in kinds if (m.HasField(f) if k < 6 else len(getattr(m, f)))), 7)
        for f, v in list(m.ListFields()):
            if f.type == f.TYPE_MESSAGE:
                for x in (v if f.is_repeated else [v]): normalise(x)
            elif f.type == f.TYPE_STRING and not f.is_repeated and v in ('', 'ai.onnx'):
                m.ClearField(f.name)
    bad = 0
    for line in open(sys.argv[1]):
        a, b, check = line.rstrip('\\n').split('\\t')
        x, y = onnx.load(a), onnx.load(b)
        normalise(x); normalise(y)
        if x.SerializeToString(deterministic=True) != y.SerializeToString(deterministic=True):
            print('different:', a); bad += 1
        if check == '1':
            try: onnx.checker.check_model(a)
            except Exception: continue
            try: onnx.checker.check_model(b)
            except Exception as e: print('checker:', a, e); bad += 1
    sys.exit(1 if bad else 0)
    """

  private func readIfSupported(_ path: String) throws -> NetworkGraph? {
    do {
      return try ONNXReader.read(path: path).graph
    } catch let error where error.code == .unsupported {
      return nil
    }
  }

  private func compare(_ sources: [String]) throws {
    let folder = try TemporaryFolder()
    var lines: [String] = []
    for (index, path) in sources.enumerated() {
      guard let graph = try readIfSupported(path) else { continue }
      let copy = folder.file("\(index).onnx")
      let size = try ONNXWriter.write(graph, to: copy)
      #expect(size == ONNXWriter.byteCount(graph))
      #expect(try contents(copy).count == size)
      lines.append("\(path)\t\(copy)\t1")
    }
    #expect(try folder.names.count == lines.count)
    let list = try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), "list.txt")
    #expect(try Judge.run(Self.comparison, [list]) != nil)
  }

  @Test(
    .enabled(if: Judge.isInstalled, "no judges"),
    .enabled(if: SharedAssets.folder != nil, "no shared assets"))
  func assets() throws {
    try compare(AssetModelTests.models.compactMap(SharedAssets.path))
  }

  @Test(
    .enabled(if: Judge.isInstalled, "no judges"),
    .enabled(if: BackendCaseTests.isInstalled, "ONNX's backend cases are not installed"))
  func backendCases() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: BackendCaseTests.folder)
    let paths = names.sorted().map { "\(BackendCaseTests.folder)/\($0)/model.onnx" }
    try compare(paths.filter { FileManager.default.fileExists(atPath: $0) })
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func theComparisonSeesDifferences() throws {
    let folder = try TemporaryFolder()
    var graph = MutationTests.richGraph()
    let path = folder.file("a.onnx")
    try ONNXWriter.write(graph, to: path)
    func compare() throws -> Bool {
      try ONNXWriter.write(graph, to: folder.file("b.onnx"))
      let list = try folder.write(Array("\(path)\t\(folder.file("b.onnx"))\t0\n".utf8), "list")
      return try Judge.run(Self.comparison, [list]) != nil
    }
    #expect(try compare())
    graph.initializers["h"] = Tensor([2], [1, 3] as [Float16])
    #expect(try !compare())
    graph.initializers["h"] = Tensor([2], [1, 2] as [Float16])
    graph.nodes[1].attributes["pads"] = .ints([1, 1, 1, 2])
    #expect(try !compare())
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func packedIntegersAreThoseOfOnnx() throws {
    let folder = try TemporaryFolder()
    let values = (0..<131_075).map { Int8($0 % 16) - 8 }
    var graph = NetworkGraph(name: "g")
    graph.initializers = [
      "four": Tensor([131_075], values).reinterpreted(as: .int4),
      "unsigned": Tensor([3], [15, 0, 9] as [UInt8]).reinterpreted(as: .uint4),
      "strings": Tensor([2], strings: ["a", "b"]),
      "scalar": Tensor(scalar: Float(2)),
      "empty": Tensor([0, 3], [] as [Int64]),
    ]
    graph.outputs = [ValueInfo(name: "four", type: .int4, shape: [.fixed(131_075)])]
    let path = folder.file("packed.onnx")
    #expect(try ONNXWriter.write(graph, to: path) == ONNXWriter.byteCount(graph))
    let script = """
      import sys, onnx, numpy as np
      from onnx import numpy_helper as nh
      model = onnx.load(sys.argv[1])
      onnx.checker.check_model(model)
      t = {i.name: nh.to_array(i) for i in model.graph.initializer}
      assert (t['four'].astype(int) == np.arange(131075) % 16 - 8).all()
      assert t['unsigned'].astype(int).tolist() == [15, 0, 9]
      assert [bytes(x) if isinstance(x, bytes) else x.encode() for x in t['strings']] == [b'a', b'b']
      assert t['scalar'].shape == () and t['scalar'] == 2
      assert t['empty'].shape == (0, 3) and t['empty'].dtype == np.int64
      """
    #expect(try Judge.run(script, [path]) != nil)
    let again = try ONNXReader.read(path: path).graph
    #expect(again.initializers["four"]?.array(of: Int8.self) == values)
  }

  @Test func rewritingTheOpenFileKeepsTheWeights() throws {
    guard let asset = SharedAssets.path("tiny/digits_cnn.onnx") else { return }
    let folder = try TemporaryFolder()
    let original = try contents(asset)
    let path = try folder.write(original, "model.onnx")
    let graph = try ONNXReader.read(path: path).graph
    try ONNXWriter.write(graph, to: path)
    // The mapping still shows the old file, which has no name any more.
    try ONNXWriter.write(graph, to: folder.file("again.onnx"))
    #expect(try contents(path) == contents(folder.file("again.onnx")))
    #expect(try folder.names == ["again.onnx", "model.onnx"])
  }

  @Test func twoGigabytesAreTheLimit() throws {
    let folder = try TemporaryFolder()
    // A sparse file: it takes no room on the disk.
    let big = folder.file("big.bin")
    try folder.write([], "big.bin")
    let handle = try #require(FileHandle(forWritingAtPath: big))
    try handle.truncate(atOffset: 3 << 30)
    try handle.close()
    let storage = TensorStorage(file: try MappedFile(path: big))
    var graph = NetworkGraph(name: "g")
    graph.initializers["w"] = Tensor(type: .uint8, shape: [3 << 30], storage: storage)
    #expect(ONNXWriter.byteCount(graph) > 3 << 30)
    let error = try #require(throws: EngineError.self) {
      try ONNXWriter.write(graph, to: folder.file("big.onnx"))
    }
    #expect(error.code == .unsupported)
    #expect(try folder.names == ["big.bin"])
  }
}
