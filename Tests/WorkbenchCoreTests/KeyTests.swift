import ModelCompression
import TerminalCells
import Testing
import WorkbenchCore

/// Plan before, keys, plan after: through the key table and `update`.
@Suite struct KeyTests {
  /// A layer, keys, and the layer's setting after them.
  struct Case: CustomTestStringConvertible {
    var keys: String
    var layer = "conv1"
    var after: String
    var testDescription: String { "\(keys) -> \(layer) \(after)" }
  }

  @Test(arguments: [
    Case(keys: "l", after: "prune 1.0 bits fp"),
    Case(keys: "<Right><Right>h", after: "prune 1.0 bits fp"),
    Case(keys: "10l", after: "prune 10.0 bits fp"),
    Case(keys: "L<S-Right>H", after: "prune 5.0 bits fp"),
    Case(keys: "2L", after: "prune 10.0 bits fp"),
    Case(keys: "65%", after: "prune 65.0 bits fp"),
    Case(keys: "62.5%l", after: "prune 63.5 bits fp"),
    Case(keys: "120%", after: "prune 0.0 bits fp"),
    Case(keys: "98%5l", after: "prune 100.0 bits fp"),
    Case(keys: "h", after: "prune 0.0 bits fp"),
    Case(keys: "-", after: "prune 0.0 bits 16"),
    Case(keys: "--", after: "prune 0.0 bits 8"),
    Case(keys: "5[", after: "prune 0.0 bits 5"),
    Case(keys: "20-", after: "prune 0.0 bits 2"),
    Case(keys: "3-+=]", after: "prune 0.0 bits fp"),
    Case(keys: ":bits 4<Enter>", after: "prune 0.0 bits 4"),
    Case(keys: ":bits 9<Enter>", after: "prune 0.0 bits fp"),
    Case(keys: ":bits 4<Enter>:bits float<Enter>", after: "prune 0.0 bits fp"),
    Case(keys: ":prune 65 %<Enter>", after: "prune 65.0 bits fp"),
    Case(keys: "illL", after: "prune 7.0 bits fp"),
    Case(keys: "30%i<Down>l<Esc>l", after: "prune 31.0 bits fp"),
    Case(keys: "iGkkkkkhhh", after: "prune 0.0 bits 7"),
    Case(keys: "illu", after: "prune 0.0 bits fp"),
    Case(keys: "30%--x", after: "prune 0.0 bits fp"),
    Case(keys: "30%--u", after: "prune 30.0 bits fp"),
    Case(keys: "30%--uu", after: "prune 0.0 bits fp"),
    Case(keys: "30%--2uU<C-r>", after: "prune 30.0 bits 8"),
    Case(keys: "30%--yjp", layer: "layer1.2.conv2", after: "prune 30.0 bits 8"),
    Case(keys: "30%--yjjjp", layer: "layer1.0.conv1", after: "prune 30.0 bits 8"),
    Case(keys: "j40%", layer: "layer1.2.conv2", after: "prune 40.0 bits fp"),
    Case(keys: "j40%", layer: "layer2.0.conv1", after: "prune 0.0 bits fp"),
    Case(keys: "<Space>G<Space>12%", layer: "linear", after: "prune 12.0 bits fp"),
    Case(keys: "<Space>G<Space>12%", after: "prune 12.0 bits fp"),
    Case(keys: "jjj*20%", layer: "layer3.2.conv2", after: "prune 20.0 bits fp"),
    Case(keys: "jjj*20%", layer: "linear", after: "prune 0.0 bits fp"),
    Case(keys: "/3.1.conv2<Enter>33%", layer: "layer3.1.conv2", after: "prune 33.0 bits fp"),
    Case(keys: "/3.1<Esc>33%", layer: "layer3.1.conv1", after: "prune 33.0 bits fp"),
    Case(keys: ":layer lin<Enter>7%", layer: "linear", after: "prune 7.0 bits fp"),
    Case(keys: "50%:reset<Enter>y", after: "prune 0.0 bits fp"),
    Case(keys: "50%:reset<Enter><Esc>", after: "prune 50.0 bits fp"),
    Case(keys: "50%:reset<Enter>yu", after: "prune 50.0 bits fp"),
    Case(keys: "12<Esc>l", after: "prune 1.0 bits fp"),
    Case(keys: "SSSS5%", after: "prune 5.0 bits fp"),
  ])
  func plan(_ test: Case) throws {
    var session = Session.open()
    try session.type(test.keys)
    #expect(session.setting(test.layer) == test.after)
  }

  @Test func granularityAndScheme() throws {
    var session = Session.open()
    try session.type("c")
    #expect(session.state.shownNote?.text.contains("press - to quantize") == true)
    try session.type("--")
    var seen: [WeightQuantization.Granularity?] = []
    for _ in 0..<5 {
      try session.type("c")
      seen.append(session.state.settings[0].weights?.granularity)
    }
    #expect(seen == [.group(128), .group(64), .group(32), .tensor, .channel])
    try session.type("C")
    #expect(session.state.settings[0].weights?.scheme == .asymmetric)
    try session.type("C")
    #expect(session.state.settings[0].weights?.scheme == .symmetric)
  }

  @Test func nudgesMergeWithinASecond() throws {
    var session = Session.open()
    try session.type("llll")
    #expect(session.state.history.undoDepth == 1)
    session.wait(2)
    try session.type("l")
    #expect(session.state.history.undoDepth == 2)
    try session.type("u")
    #expect(session.setting("conv1") == "prune 4.0 bits fp")
    #expect(session.state.shownNote?.text == "undone: conv1 prune 5 %")
    try session.type("u")
    #expect(session.setting("conv1") == "prune 0.0 bits fp")
    #expect(!session.state.hasUnsavedPlan)
  }

  @Test func nudgesOfOtherLayersAndKindsDoNotMerge() throws {
    var session = Session.open()
    try session.type("ljjjl-")
    #expect(session.state.history.undoDepth == 3)
  }

  @Test func thereAndBackIsNoChange() throws {
    var session = Session.open()
    try session.type("30%0%")
    #expect(!session.state.hasUnsavedPlan)
    #expect(session.state.plan == CompressionPlan())
  }

  @Test func everyKeyIsAKeyAndIsGivenOnce() {
    #expect(KeyTable.standard.problems.isEmpty)
  }

  @Test func everyActionSaysWhatItDoes() {
    for action in WorkbenchAction.all {
      #expect(!action.summary.isEmpty && action.summary.count <= 75, "\(action.name)")
      #expect(action.summary.first?.isLowercase == true, "\(action.name)")
    }
    let text = KeyReference.text()
    let page = KeyReference.markdown()
    for action in WorkbenchAction.all {
      #expect(text.contains(action.summary) && page.contains("`:\(action.name)"))
    }
  }

  @Test func nothingIsDoneWithoutAModel() throws {
    var session = Session()
    for action in WorkbenchAction.all {
      for name in action.keys where !["q", ":", "?", "F1", "Y", "C-z", "C-l"].contains(name) {
        let key = try #require(KeyPress(name: name))
        session.send(.key(key))
        session.time += 5
        if !session.state.overlay.isNone { session.send(.key(.special(.escape))) }
      }
    }
    #expect(session.effects.isEmpty)
    #expect(session.state.history.undoDepth == 0)
  }
}
