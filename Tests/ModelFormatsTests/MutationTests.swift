import Foundation
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// 10,000 damaged files in all: each gives a value or an ``EngineError``, quickly and in little memory.
///
/// `FORMATS_SEED` in the environment chooses other mutations; the seed is printed.
@Suite(.serialized) struct MutationTests {
  static let seed = ProcessInfo.processInfo.environment["FORMATS_SEED"].flatMap { UInt64($0) } ?? 1

  /// A graph with every kind of content that the writer knows.
  static func richGraph() -> NetworkGraph {
    var branch = NetworkGraph(name: "branch", opsets: [:], irVersion: 0)
    branch.nodes = [Node(op: "Neg", inputs: ["x"], outputs: ["r"])]
    branch.outputs = [ValueInfo(name: "r", type: .float32, shape: nil)]
    var graph = NetworkGraph(name: "g", opsets: ["": 21, "mine": 1])
    let constant = Node(
      op: "Constant", inputs: [], outputs: ["k"],
      attributes: ["value": .tensor(Tensor([2], [1, 2] as [Int64]))])
    let branching = Node(
      name: "if", op: "If", inputs: ["c"], outputs: ["y"],
      attributes: [
        "then_branch": .graph(branch), "else_branch": .graph(branch), "f": .float(1),
        "s": .string(Array("text".utf8)), "pads": .ints([1, 1, 1, 1]), "fs": .floats([1, 2]),
        "ss": .strings([[1], [2]]), "ts": .tensors([Tensor(scalar: Float(1))]),
      ])
    graph.nodes = [
      constant, branching, Node(op: "Own", domain: "mine", inputs: ["w", "k"], outputs: ["z"]),
    ]
    graph.inputs = [
      ValueInfo(name: "x", type: .float32, shape: [.symbol("N"), .fixed(3), .unknown]),
      ValueInfo(name: "c", type: .bool, shape: []),
    ]
    graph.outputs = [ValueInfo(name: "y", type: .float32, shape: nil)]
    graph.initializers = [
      "w": Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float]),
      "q": Tensor([5], [1, -2, 3, -4, 5] as [Int8]).reinterpreted(as: .int4),
      "t": Tensor([2], strings: ["a", "b"]), "b": Tensor([3], [true, false, true]),
      "h": Tensor([2], [1, 2] as [Float16]),
    ]
    return graph
  }

  static func onnxSeeds() throws -> [[UInt8]] {
    var seeds = [ONNXWriter.bytes(richGraph())]
    for name in ["test_if_seq", "test_loop11", "test_conv_with_strides_padding", "test_scan_sum"] {
      let path = "\(BackendCaseTests.folder)/\(name)/model.onnx"
      if FileManager.default.fileExists(atPath: path) { seeds.append(try contents(path)) }
    }
    if let path = SharedAssets.path("tiny/digits_cnn.onnx") { seeds.append(try contents(path)) }
    return seeds
  }

  static func safetensorsSeeds() throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(
      tensors: SafetensorsTests.samples, metadata: ["format": "pt"], to: folder.file("a"))
    var seeds = [try contents(folder.file("a"))]
    if let path = SharedAssets.path("tiny/digits_cnn.safetensors") {
      seeds.append(try contents(path))
    }
    return seeds
  }

  static func npzSeeds() throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    try NPZFile.write(NumpyTests.samples, to: folder.file("a"))
    var seeds = [try contents(folder.file("a"))]
    if let path = SharedAssets.path("tiny/digits8x8_test500.npz") {
      seeds.append(try contents(path))
    }
    return seeds
  }

  @Test func damagedModels() throws {
    try mutate(seeds: Self.onnxSeeds(), count: 5000, stream: 1) { bytes in
      let graph = try ONNXReader.read(bytes: bytes)
      graph.initializers.values.forEach(Self.touch)
      // What is read can be written and read again.
      let written = ONNXWriter.bytes(graph)
      guard written.count == ONNXWriter.byteCount(graph) else { return "bytes were miscounted" }
      let again = try ONNXReader.read(bytes: written)
      return again.nodes.count == graph.nodes.count ? nil : "nodes were lost on writing"
    }
  }

  @Test func damagedSafetensors() throws {
    try mutate(seeds: Self.safetensorsSeeds(), count: 3000, stream: 2) { bytes in
      let file = try SafetensorsReader.read(bytes: bytes)
      file.tensors.values.forEach(Self.touch)
      return nil
    }
  }

  @Test func damagedArchives() throws {
    try mutate(seeds: Self.npzSeeds(), count: 1000, stream: 3) { bytes in
      try NPZFile.read(bytes: bytes).values.forEach(Self.touch)
      return nil
    }
  }

  @Test func damagedArrays() throws {
    let seeds = try ["f4", "b1", "f8"].compactMap { NumpyTests.samples[$0] }
      .map { try NPYCoding.encode($0) }
    try mutate(seeds: seeds, count: 1000, stream: 4) { bytes in
      Self.touch(try NPYCoding.decode(bytes))
      return nil
    }
  }

  /// Reads every element.
  private static func touch(_ tensor: Tensor) {
    var sum: UInt64 = 0
    tensor.withBytes { for byte in $0 { sum &+= UInt64(byte) } }
    if tensor.count < 100 { sum &+= UInt64(tensor.doubles.count + tensor.strings.count) }
    withExtendedLifetime(sum) {}
  }

  /// `body` gives a complaint, nil, or throws.
  private func mutate(
    seeds: [[UInt8]], count: Int, stream: UInt64, _ body: ([UInt8]) throws -> String?
  ) throws {
    print("mutations: seed \(Self.seed), stream \(stream), \(seeds.count) files")
    var random = SeededGenerator(seed: Self.seed &* 1000 &+ stream)
    let memory = Self.residentBytes
    var (values, errors, slowest) = (0, 0, 0.0)
    for index in 0..<count {
      let bytes = Mutation.apply(to: seeds, using: &random)
      let start = Self.processorSeconds
      do {
        if let complaint = try body(bytes) { Issue.record("mutation \(index): \(complaint)") }
        values += 1
      } catch let error as EngineError {
        #expect(!error.problem.isEmpty)
        errors += 1
      }
      let seconds = Self.processorSeconds - start
      slowest = max(slowest, seconds)
      #expect(seconds < 1, "mutation \(index) took \(seconds) s")
      let grown = Self.residentBytes - memory
      #expect(grown < 512 << 20, "mutation \(index): \(grown) bytes more")
    }
    print("mutations: \(values) read, \(errors) refused, slowest \(slowest) s")
    #expect(values + errors == count)
    #expect(errors > count / 10 && values > count / 100, "mutations are all alike")
  }

  /// Time of this thread, so that a busy machine does not matter.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// 0 where the system does not tell.
  private static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * 4096
  }
}
