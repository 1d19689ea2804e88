import ModelCompression
import Tensors
import Testing

/// The block `channels` of a plan.
struct PlanChannelsTests {
  @Test func readsEverything() throws {
    let plan = try CompressionPlan(
      text: """
        weightbench: 1
        channels: {amount: 0.3, criterion: l2, multiple: 8, groups: {layer1.0.conv1: 0.5, "re:a.*": 0.2}}
        """)
    #expect(
      plan.channels
        == ChannelRemoval(
          amount: 0.3, criterion: "l2", multiple: 8,
          groups: ["layer1.0.conv1": 0.5, "re:a.*": 0.2]))
  }

  @Test(arguments: [
    ChannelRemoval(amount: 0.3), ChannelRemoval(amount: 0),
    ChannelRemoval(amount: 0.1 + 0.2, criterion: "l2", multiple: 16),
    ChannelRemoval(amount: 0, groups: ["a.b": 0.25, "type:Conv": 1]),
    ChannelRemoval(amount: 0.5, multiple: 4, groups: ["re:.*\\.conv1": 0]),
  ])
  func writtenPlansReadBack(removal: ChannelRemoval) throws {
    let plan = CompressionPlan(
      channels: removal, layers: ["a": PlanRule(prune: .set(PruneSetting(amount: 0.5)))])
    for format in CompressionPlan.TextFormat.allCases {
      #expect(try CompressionPlan(text: plan.text(format)) == plan)
    }
    #expect(plan != CompressionPlan(layers: plan.layers))
  }

  @Test func absentAndNullMeanNone() throws {
    #expect(try CompressionPlan(text: "weightbench: 1\nchannels: null").channels == nil)
    #expect(try CompressionPlan(text: "weightbench: 1").channels == nil)
    #expect(!CompressionPlan().text().contains("channels"))
  }

  @Test(arguments: [
    ("channels: {amount: 30}", 2, 20, "between 0 and 1"),
    ("channels: {}", 2, 11, "needs an amount"),
    ("channels: {multiple: 8}", 2, 11, "needs an amount"),
    ("channels: {amount: 0.3, multiple: 0}", 2, 35, "above 0"),
    ("channels: {amount: 0.3, criterion: taste}", 2, 36, "not supported"),
    ("channels: {amount: 0.3, group: {a: 1}}", 2, 25, "unknown key 'group'"),
    ("channels:\n  groups:\n    a: x", 4, 8, "has to be a number"),
    ("channels:\n  groups:\n    \"re:(\": 0.5", 4, 5, "not a regular expression"),
    ("channels: 0.3", 2, 11, "has to be a mapping"),
  ])
  func refusesWithThePlace(text: String, line: Int, column: Int, problem: String) throws {
    let error = try #require(throws: EngineError.self) {
      _ = try CompressionPlan(text: "weightbench: 1\n" + text)
    }
    #expect(error.code == .invalidPlan)
    #expect(error.problem.contains(problem), "\(error)")
    #expect(error.subject == "line \(line), column \(column)", "\(error)")
  }
}
