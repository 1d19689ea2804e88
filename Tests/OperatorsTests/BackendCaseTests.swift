import Foundation
import NetworkGraph
import Operators
import Tensors
import TestSupport
import Testing

/// ONNX's backend node cases on the reference executor: what fails is listed with a reason, and what
/// is listed fails.
@Suite struct BackendCaseTests {
  private static let isInstalled: Bool = {
    if BackendCases.all.isEmpty { print("Skipped: the ONNX backend cases are not installed.") }
    return !BackendCases.all.isEmpty
  }()

  @Test(.enabled(if: isInstalled, "the ONNX backend cases are not installed"))
  func referenceExecutorGivesWhatIsExpected() throws {
    let list = SharedAssets.root.appending(path: "Tests/OperatorsTests/out-of-scope-cases.txt")
    let (problems, agreeing) = BackendCases.check(
      outOfScope: try OutOfScopeCases(path: list.path)
    ) { graph, inputs in
      let outputs = try ReferenceExecutor(graph: graph).run(inputs: inputs)
      let facts = try ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
      for (name, output) in outputs {
        guard let fact = facts[name] else { continue }
        // Shape inference must not promise what a run does not keep.
        guard fact.type == output.type, fact.shape ?? output.shape == output.shape else {
          throw EngineError(
            .shapeMismatch, subject: name,
            problem: "is inferred as \(fact.type) \(fact.shape ?? []), but runs as \(output.type) "
              + "\(output.shape)")
        }
      }
      return outputs
    }
    for problem in problems { Issue.record("\(problem)") }
    #expect(agreeing > 500)
  }
}
