import Execution
import NetworkGraph
import Synchronization
import Tensors
import TestSupport
import Testing

/// What every executor promises: named errors, cancellation, any batch size.
@Suite struct ExecutorContractTests {
  private static func chain(_ length: Int) -> NetworkGraph {
    NetworkGraph(
      opsets: ["": 17],
      nodes: (0..<length).map { index in
        Node(op: "Add", inputs: ["v\(index)", "c"], outputs: ["v\(index + 1)"])
      },
      inputs: [ValueInfo(name: "v0", type: .float32, shape: [.symbol("N"), .fixed(2)])],
      outputs: [ValueInfo(name: "v\(length)", type: .float32, shape: nil)],
      initializers: ["c": Tensor([2], [1, 2] as [Float])])
  }

  private static func executors(_ graph: NetworkGraph) throws -> [any GraphExecutor] {
    [try FastExecutor(graph: graph), ReferenceGraphExecutor(graph: graph)]
  }

  private let input = ["v0": Tensor([1, 2], [0, 0] as [Float])]

  @Test func cancellationIsAskedBetweenNodes() throws {
    for executor in try Self.executors(Self.chain(20)) {
      let asked = Mutex(0)
      let options = RunOptions(isCancelled: {
        asked.withLock { count in
          count += 1
          return count > 5
        }
      })
      #expect(throws: CancellationError.self) {
        try executor.run(inputs: input, weights: [:], options: options)
      }
      #expect(asked.withLock { $0 } == 6)
    }
  }

  @Test func everyBatchSizeRuns() throws {
    for executor in try Self.executors(Self.chain(3)) {
      for count in [1, 5, 2, 5] {
        let zeros = Tensor.filled([count, 2], with: Float(0))
        let result = try executor.run(
          inputs: ["v0": zeros], weights: [:], options: RunOptions())
        #expect(result.outputs["v3"]?.floats == (0..<count).flatMap { _ in [3, 6] as [Float] })
      }
    }
  }

  @Test func wrongInputsAreNamed() throws {
    for executor in try Self.executors(Self.chain(2)) {
      for inputs: [String: Tensor] in [
        [:], ["other": Tensor([1, 2], [0, 0] as [Float])],
        ["v0": Tensor([1, 2], [0, 0] as [Int64])], ["v0": Tensor([1, 3], [0, 0, 0] as [Float])],
      ] {
        let error = #expect(throws: EngineError.self) {
          try executor.run(inputs: inputs, weights: [:], options: RunOptions())
        }
        #expect(error?.remedy != nil)
        #expect(error?.description.contains("v0") == true)
      }
    }
  }

  @Test func wrongWeightsAreNamed() throws {
    for executor in try Self.executors(Self.chain(2)) {
      for weights: [String: Tensor] in [
        ["d": Tensor([2], [1, 1] as [Float])], ["c": Tensor([1, 2], [1, 1] as [Float])],
        ["c": Tensor([2], [1, 1] as [Double])],
      ] {
        let error = #expect(throws: EngineError.self) {
          try executor.run(inputs: input, weights: weights, options: RunOptions())
        }
        #expect(error?.subject?.hasPrefix("weight") == true)
      }
    }
  }

  @Test func shapesThatDoNotFitNameTheNode() throws {
    let graph = NetworkGraph(
      opsets: ["": 17],
      nodes: [Node(name: "product", op: "MatMul", inputs: ["x", "w"], outputs: ["y"])],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)],
      initializers: ["w": Tensor([2, 1], [1, 1] as [Float])])
    for executor in try Self.executors(graph) {
      let error = #expect(throws: EngineError.self) {
        try executor.run(
          inputs: ["x": Tensor([1, 3], [1, 2, 3] as [Float])], weights: [:], options: RunOptions())
      }
      #expect(error?.subject?.contains("product") == true)
    }
  }

  @Test func unknownOperatorsAreNamed() throws {
    let graph = NetworkGraph(
      opsets: ["": 17], nodes: [Node(op: "Nonsense", inputs: ["x"], outputs: ["y"])],
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)])
    let error = #expect(throws: EngineError.self) { try FastExecutor(graph: graph) }
    #expect(error?.code == .unsupported)
    #expect(error?.description.contains("Nonsense") == true)
  }

  @Test func foreignCheckpointsAreRefused() throws {
    let graph = Self.chain(3)
    let other = try ReferenceGraphExecutor(graph: graph).run(
      inputs: input, weights: [:], options: RunOptions(captureBefore: [1]))
    let error = #expect(throws: EngineError.self) {
      try FastExecutor(graph: graph).run(
        inputs: [:], weights: [:], options: RunOptions(resume: other.checkpoints[1]))
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test func checkpointsHoldWhatIsStillNeededOnly() throws {
    for executor in try Self.executors(Self.chain(4)) {
      let result = try executor.run(
        inputs: input, weights: [:], options: RunOptions(captureBefore: [0, 2, 4]))
      #expect(result.checkpoints.keys.sorted() == [0, 2, 4])
      #expect(result.checkpoints.values.allSatisfy { $0.byteCount == 8 })
    }
  }
}
