import ModelCompression
import TerminalCells
import Testing
import WorkbenchCore

/// Whole screens as text.
@Suite struct SnapshotTests {
  /// The plan of the mock-ups.
  static let plan: CompressionPlan = {
    var plan = CompressionPlan()
    let amounts = [0, 30, 30, 45, 30, 40, 30, 50, 50, 55, 50, 55, 50, 60, 65, 70, 65, 75, 70, 20]
    let bits = [8, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 8]
    for (index, entry) in SampleModel.layers.enumerated() {
      var prune: PruneSetting?
      if amounts[index] > 0 { prune = PruneSetting(amount: Double(amounts[index]) / 100) }
      plan.set(
        LayerSetting(prune: prune, weights: WeightQuantization(bits: bits[index])),
        forLayer: entry.layer.name)
    }
    return plan
  }()

  /// The sample model under that plan, a few plans measured, a block's convolution selected.
  static func session(_ columns: Int, _ rows: Int, glyphs: Glyphs = .blocks) throws -> Session {
    var session = Session.open(columns: columns, rows: rows, glyphs: glyphs, plan: plan)
    try session.type(":layer layer3.0.conv2<Enter>")
    // A walk through settings of all layers leaves its points, and is undone again.
    try session.type("*")
    for keys in [":bits 8<Enter>", "0%", ":bits 6<Enter>", "20%", "45%", ":bits 4<Enter>", "30%"] {
      try session.type(keys)
      session.wait(2)
    }
    try session.type("20u<Esc>")
    session.wait(2)
    session.measuredImages = 620
    try session.type("60%")
    try session.type("65%")
    session.wait(5)
    return session
  }

  @Test(arguments: [[80, 24], [120, 40], [200, 60], [100, 30], [79, 23], [40, 10], [1, 1]])
  func main(size: [Int]) throws {
    let session = try Self.session(size[0], size[1])
    try Snapshot.check(session.screen(), "main-\(size[0])x\(size[1])")
  }

  @Test func mainWithoutColours() throws {
    let session = try Self.session(120, 40)
    try Snapshot.check(session.screen(depth: .mono), "main-mono-120x40")
  }

  @Test func mainInASCII() throws {
    let session = try Self.session(100, 32, glyphs: .ascii)
    let screen = session.screen(depth: .mono)
    try Snapshot.check(screen, "main-ascii-100x32")
    let isPlain = screen.text.allSatisfy(\.isASCII)
    #expect(isPlain)
  }

  @Test(arguments: [[80, 24], [120, 40], [200, 60]])
  func help(size: [Int]) throws {
    var session = try Self.session(size[0], size[1])
    try session.type("?")
    try Snapshot.check(session.screen(), "help-\(size[0])x\(size[1])")
  }

  @Test(arguments: [[80, 24], [120, 40]])
  func exportDialog(size: [Int]) throws {
    var session = try Self.session(size[0], size[1])
    try session.type("e<Space>")
    try Snapshot.check(session.screen(), "export-\(size[0])x\(size[1])")
  }

  @Test(arguments: [
    ("palette", ":pru"), ("settings", "30%--ijj"), ("themes", "tj"), ("filter", "/layer2"),
    ("confirm", "lq"),
    ("save", "w"), ("compare", "b"), ("log", "a"), ("magnitude", "v"), ("sorted", "SS"),
    ("folded", "F"), ("messages", "m"), ("zoomed", "<Tab>z"), ("count", "12"),
  ])
  func view(name: String, keys: String) throws {
    var session = try Self.session(100, 30)
    try session.type(keys)
    try Snapshot.check(session.screen(), "\(name)-100x30")
  }

  @Test func group() throws {
    var session = try Self.session(120, 40)
    try session.type(":filter<Enter><Esc>kk")
    session.wait(5)
    try Snapshot.check(session.screen(), "group-120x40")
  }

  @Test func firstStart() throws {
    let session = Session.open(columns: 80, rows: 24)
    try Snapshot.check(session.screen(), "first-start-80x24")
  }

  @Test func withoutData() throws {
    let session = Session.open(columns: 80, rows: 24, hasData: false)
    try Snapshot.check(session.screen(), "no-data-80x24")
  }

  @Test func stale() throws {
    var session = try Self.session(120, 40)
    session.answers = false
    try session.type("L")
    session.wait(5)
    try Snapshot.check(session.screen(), "stale-120x40")
  }
}
