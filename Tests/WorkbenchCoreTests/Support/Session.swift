import Evaluation
import ModelCompression
import TerminalCells
import WorkbenchCore

/// A workbench without a terminal: keys go in, effects are answered from ``SampleModel``.
struct Session {
  var state: WorkbenchState
  var time = 0.0
  /// Every effect asked for so far.
  var effects: [Effect] = []
  /// Whether effects are answered at once, as a fast engine would.
  var answers = true
  /// How many images a measurement sees before it "stops".
  var measuredImages = 1000

  init(columns: Int = 120, rows: Int = 40, glyphs: Glyphs = .blocks, keepsSession: Bool = false) {
    state = WorkbenchState(
      columns: columns, rows: rows, glyphs: glyphs, folder: "~/models/out",
      keepsSession: keepsSession)
  }

  /// A session with the sample model and its data open.
  static func open(
    columns: Int = 120, rows: Int = 40, glyphs: Glyphs = .blocks, plan: CompressionPlan = .init(),
    hasData: Bool = true
  ) -> Session {
    var session = Session(columns: columns, rows: rows, glyphs: glyphs)
    if hasData { session.send(.dataOpened(SampleModel.data)) }
    session.send(.modelOpened(SampleModel.summary, plan: plan, planPath: nil))
    session.send(
      .themes(
        [
          ThemeChoice(slug: "terminal", name: "Terminal", variant: ""),
          ThemeChoice(slug: "harbour-dark", name: "Harbour Dark", variant: "dark"),
          ThemeChoice(slug: "harbour-light", name: "Harbour Light", variant: "light"),
        ], current: "terminal"))
    session.wait(5)
    session.effects = []
    return session
  }

  mutating func send(_ message: Message) {
    let asked = Workbench.update(&state, message, time: time)
    effects += asked
    if answers { for effect in asked { answer(effect) } }
  }

  /// Types keys as a script, a tenth of a second apart.
  mutating func type(_ script: String) throws {
    for key in try KeyScript(parsing: script).keys {
      time += 0.1
      send(.key(key))
    }
  }

  mutating func wait(_ seconds: Double) {
    time += seconds
    send(.tick)
  }

  mutating func answer(_ effect: Effect) {
    switch effect {
    case .computeSize(_, let generation):
      let (sizes, layers) = SampleModel.sizes(state.settings)
      send(.sizes(generation: generation, sizes, layers: layers))
    case .loadLayer(let name, _, let generation):
      guard let index = SampleModel.layers.firstIndex(where: { $0.layer.name == name }) else {
        return
      }
      let layer = SampleModel.layers[index].layer
      let report = SampleModel.report(layer, state.settings[index])
      send(
        .layerPicture(generation: generation, LayerPicture(report: report, layer: layer)))
    case .evaluate(_, let generation, _):
      let (sizes, _) = SampleModel.sizes(state.settings)
      let metrics = SampleModel.metrics(sizes.stored, images: measuredImages)
      send(
        metrics.isComplete
          ? .evaluated(generation: generation, metrics)
          : .progress(generation: generation, metrics))
    case .savePlan(let plan, let path): send(.planSaved(path: path, plan: plan))
    default: break
    }
  }

  /// Ends the running scan with the sample table.
  mutating func finishScan(hasLabels: Bool = true) {
    let number = state.sensitivity.scanNumber
    let table = SampleScan.table(hasLabels: hasLabels)
    send(.scanProgress(number: number, table, SampleScan.progress(1)))
    send(.scanFinished(number: number, table))
  }

  /// The screen as text.
  func screen(depth: ColorDepth = .indexed256) -> CellBuffer {
    var buffer = CellBuffer(width: state.columns, height: state.rows)
    Workbench.render(state, into: &buffer, sheet: StyleSheet(depth: depth))
    return buffer
  }

  /// The setting of a layer in words: `prune 65 bits 3`.
  func setting(_ name: String) -> String {
    guard let index = SampleModel.layers.firstIndex(where: { $0.layer.name == name }) else {
      return "no layer"
    }
    let setting = state.settings[index]
    let percent = ((setting.prune?.amount ?? 0) * 1000).rounded() / 10
    return "prune \(percent) bits \(setting.weights.map { "\($0.bits)" } ?? "fp")"
  }
}
