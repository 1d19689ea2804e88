import ModelCompression
import Tensors
import Testing

/// `finetuned:` in plans: what is read, written and refused.
@Suite struct FinetunedPlanTests {
  private static let text = """
    weightbench: 1
    finetuned: {file: trained.onnx, sha256: "0fab"}
    defaults: {weights: {bits: 4}}

    """

  @Test(arguments: CompressionPlan.TextFormat.allCases)
  func writesWhatItRead(format: CompressionPlan.TextFormat) throws {
    let plan = try CompressionPlan(text: Self.text)
    #expect(plan.finetuned == CompressionPlan.Model(file: "trained.onnx", sha256: "0fab"))
    #expect(plan.model == nil)
    let again = try CompressionPlan(text: plan.text(format))
    #expect(again == plan)
    #expect(plan.text() == Self.text)
  }

  @Test func plansOfOtherWeightsAreOthers() throws {
    let plan = try CompressionPlan(text: Self.text)
    var other = plan
    other.finetuned = nil
    #expect(other != plan)
    #expect(!other.text().contains("finetuned"))
    other.finetuned = CompressionPlan.Model(file: "trained.onnx", sha256: "0fac")
    #expect(other != plan)
    #expect(Set([plan, other, plan]).count == 2)
  }

  /// A text, and the place and words of the refusal.
  @Test(arguments: [
    ("weightbench: 1\nfinetuned: trained.onnx", "line 2, column 12", "has to be a mapping"),
    ("weightbench: 1\nfinetuned: {path: trained.onnx}", "line 2, column 13", "unknown key 'path'"),
    ("weightbench: 1\nfinetuned: {file: [a]}", "line 2, column 19", "file"),
    ("weightbench: 1\nfinetune: {file: a.onnx}", "line 2, column 1", "unknown key 'finetune'"),
  ])
  func refusesWithThePlace(text: String, place: String, problem: String) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try CompressionPlan(text: text, path: "plan.yaml")
    }
    #expect(error.code == .invalidPlan)
    #expect(error.subject == place, "\(error)")
    #expect(error.problem.contains(problem), "\(error)")
  }
}
