import ModelCompression
import Tensors
import Testing

/// The blocks `equalize` and `repair` of a plan.
@Suite struct StepsReadingTests {
  private func plan(_ lines: String) throws(EngineError) -> CompressionPlan {
    try CompressionPlan(text: "weightbench: 1\n" + lines)
  }

  @Test func readsAndWritesBoth() throws {
    for lines in [
      "equalize: true\n", "equalize: {relu6: replace}\n", "repair: [bias]\n",
      "equalize: true\nrepair: [bias, batchnorm]\n",
    ] {
      let plan = try plan(lines)
      #expect(plan.text() == "weightbench: 1\n" + lines)
      for format in CompressionPlan.TextFormat.allCases {
        #expect(try CompressionPlan(text: plan.text(format)) == plan)
      }
    }
  }

  @Test func offIsTheSameAsLeftOut() throws {
    let none = try plan("")
    for lines in ["equalize: false", "equalize: null", "repair: []", "repair: null"] {
      #expect(try plan(lines) == none)
    }
    #expect(try plan("equalize: {relu6: keep}") == plan("equalize: true"))
    #expect(try plan("repair: [batchnorm, bias]") == plan("repair: [bias, batchnorm]"))
    #expect(try plan("equalize: true") != none)
    #expect(try plan("repair: [bias]") != none)
  }

  @Test(arguments: [
    ("equalize: 3", "line 2, column 11", "true, false or a mapping"),
    ("equalize: {relu7: keep}", "line 2, column 12", "unknown key 'relu7'"),
    ("equalize: {relu6: drop}", "line 2, column 19", "relu6 'drop'"),
    ("repair: bias", "line 2, column 9", "a list"),
    ("repair: [bias, bias]", "line 2, column 16", "twice"),
    ("repair: [refit]", "line 2, column 10", "repair 'refit'"),
  ])
  func saysWhereAndWhat(lines: String, place: String, problem: String) throws {
    let error = try #require(throws: EngineError.self) { try plan(lines) }
    #expect(error.code == .invalidPlan)
    #expect(error.subject == place)
    #expect(error.problem.contains(problem))
  }
}
