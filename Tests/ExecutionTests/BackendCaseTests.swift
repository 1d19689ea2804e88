import Execution
import NetworkGraph
import TestSupport
import Testing

/// ONNX's backend cases on both executors: what fails is listed with a reason, and what is listed
/// fails.
@Suite struct BackendCaseTests {
  private static let isInstalled: Bool = {
    if BackendCases.all.isEmpty { print("Skipped: the ONNX backend cases are not installed.") }
    return !BackendCases.all.isEmpty
  }()

  @Test(.enabled(if: isInstalled, "the ONNX backend cases are not installed"))
  func fastExecutorGivesWhatIsExpected() throws {
    try check { try FastExecutor(graph: $0) }
  }

  @Test(.enabled(if: isInstalled, "the ONNX backend cases are not installed"))
  func referenceExecutorGivesWhatIsExpected() throws {
    try check { ReferenceGraphExecutor(graph: $0) }
  }

  private func check(_ make: (NetworkGraph) throws -> any GraphExecutor) throws {
    let list = SharedAssets.root.appending(path: "Tests/OperatorsTests/out-of-scope-cases.txt")
    let (problems, agreeing) = BackendCases.check(
      outOfScope: try OutOfScopeCases(path: list.path)
    ) { graph, inputs in
      try make(graph).run(inputs: inputs, weights: [:], options: RunOptions()).outputs
    }
    for problem in problems { Issue.record("\(problem)") }
    #expect(agreeing > 500)
  }
}
