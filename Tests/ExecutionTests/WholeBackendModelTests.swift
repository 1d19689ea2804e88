import Execution
import NetworkGraph
import TestSupport
import Testing

/// The whole models among ONNX's backend cases: classifiers with made-up weights, and modules and
/// operators as PyTorch exported them.
@Suite struct WholeBackendModelTests {
  private static let isInstalled: Bool = {
    let isThere = !BackendCases.wholeModels("light").isEmpty
    if !isThere { print("Skipped: ONNX's whole models are not installed (make judges).") }
    return isThere
  }()

  @Test(
    .enabled(if: isInstalled, "ONNX's whole models are not installed"),
    arguments: ["light", "pytorch-converted", "pytorch-operator"])
  func fastExecutorGivesWhatIsExpected(collection: String) throws {
    try check(collection) { try FastExecutor(graph: $0) }
  }

  /// Without the light models: networks of 20 billion multiply-adds are not for reference kernels.
  @Test(
    .enabled(if: isInstalled, "ONNX's whole models are not installed"),
    arguments: ["pytorch-converted", "pytorch-operator"])
  func referenceExecutorGivesWhatIsExpected(collection: String) throws {
    try check(collection) { ReferenceGraphExecutor(graph: $0) }
  }

  private func check(
    _ collection: String, _ make: (NetworkGraph) throws -> any GraphExecutor
  ) throws {
    let cases = BackendCases.wholeModels(collection)
    for entry in cases {
      let differences = try entry.differences { graph, inputs in
        try make(graph).run(inputs: inputs, weights: [:], options: RunOptions()).outputs
      }
      #expect(differences.isEmpty, "\(entry)")
    }
    print("\(collection): \(cases.count) models agree with their expected outputs")
    #expect(cases.count >= (collection == "light" ? 9 : 20))
  }
}
