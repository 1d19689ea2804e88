import Evaluation
import Foundation
import TerminalCells
import WorkbenchCore

/// What is opened and how it is shown: the command line of the workbench, in one value.
struct WorkbenchConfiguration: Sendable {
  var model: String
  var data: String?
  var plan: String?
  var limit: Int?
  var seed: Int
  var threads: Int
  var precision: EvaluationPrecision
  var memoryBudget: Int?
  /// The samples to calibrate on, as `FILE[:count]`; nil for the plan's or the first of the data.
  var calibration: String?
  /// Whether the time between keys is used to measure what the next one may ask for.
  var worksAhead: Bool
  var keepBatchNorm: Bool
  /// The theme to begin with.
  var theme: Theme
  var folder: String
  /// Whether unsaved plans are kept, and offered on the next start.
  var keepsSession = false
}

/// The workbench's state with its effects: messages in, a picture out.
///
/// The run loops (a terminal, or
/// a picture in memory) differ in where keys come from and where pictures go.
@MainActor
final class WorkbenchSession {
  private(set) var state: WorkbenchState
  private(set) var theme: Theme
  /// Effects that only the run loop can do, in order; taken by it after each message.
  private(set) var terminalEffects: [Effect] = []

  private let configuration: WorkbenchConfiguration
  private let runner: EffectRunner
  /// The themes that can be chosen, once their files are read.
  private var library: ThemeLibrary?
  private let post: @Sendable (Message) -> Void
  private let start = ContinuousClock.now

  /// - Parameters:
  ///   - configuration: What to open.
  ///   - columns: Columns of the screen.
  ///   - rows: Rows of the screen.
  ///   - glyphs: Characters to draw with.
  ///   - post: Delivers messages of background work to ``receive(_:)``, from any thread.
  init(
    configuration: WorkbenchConfiguration, columns: Int, rows: Int, glyphs: Glyphs,
    post: @escaping @Sendable (Message) -> Void
  ) {
    self.configuration = configuration
    theme = configuration.theme
    state = WorkbenchState(
      columns: columns, rows: rows, glyphs: glyphs, folder: configuration.folder,
      keepsSession: configuration.keepsSession)
    runner = EffectRunner(precision: configuration.precision, post: post)
    self.post = post
    receive(
      .themes(
        [ThemeChoice(slug: theme.slug, name: theme.name, variant: theme.variant?.rawValue ?? "")],
        current: theme.slug))
  }

  /// Seconds since the start.
  var time: Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Removes what was kept for this run only; nothing is received afterwards.
  func close() { runner.close() }

  /// Whether nothing runs in the background.
  var isIdle: Bool { runner.isIdle }

  /// Takes in a message and starts what it asks for.
  func receive(_ message: Message) {
    if case .key = message { runner.stopAhead() }
    defer { workAhead() }
    for effect in Workbench.update(&state, message, time: time) {
      switch effect {
      case .setTheme(let slug):
        if let chosen = themes.first(where: { $0.slug == slug }) { theme = chosen }
      case .saveSession(let plan):
        let file = SessionFile(model: configuration.model)
        // Nothing runs on behind the end of the program.
        if state.isQuitting { file.write(plan) } else { runner.keepSession { file.write(plan) } }
      case .suspend, .redraw, .copyScreen, .quit: terminalEffects.append(effect)
      default: runner.run(effect)
      }
    }
  }

  /// Uses idle time for what the next key may ask for; the same is asked for once.
  private func workAhead() {
    guard configuration.worksAhead, runner.isIdle, let request = state.aheadRequest else { return }
    runner.workAhead(request)
  }

  /// Takes in a key, whose time is noted in `times`.
  func receive(key: KeyPress, times: FrameTimes?) {
    let (generation, layer) = (state.generation, state.selectedLayer?.name)
    times?.keyRead(key)
    receive(.key(key))
    times?.keyTaken(
      generation: state.generation == generation ? nil : state.generation,
      layer: state.selectedLayer?.name == layer ? nil : state.selectedLayer?.name)
  }

  /// The effects for the run loop since the last call.
  func takeTerminalEffects() -> [Effect] {
    defer { terminalEffects = [] }
    return terminalEffects
  }

  /// Draws the screen.
  func render(depth: ColorDepth) -> CellBuffer {
    var buffer = CellBuffer(width: state.columns, height: state.rows)
    Workbench.render(state, into: &buffer, sheet: StyleSheet(theme: theme, depth: depth))
    return buffer
  }

  /// Opens model, plan, data and themes in the background; called after the first picture, which waits
  /// for nothing.
  func open() {
    let (configuration, runner, post) = (configuration, runner, post)
    runner.track { await WorkbenchOpening(configuration, runner: runner, post: post).run() }
    runner.track { [self] in
      let found = BundledFiles.themes()
      await take(found)
    }
  }

  /// The themes that can be chosen; the one begun with may come from a file of its own.
  private var themes: [Theme] {
    let chosen = configuration.theme
    let others = (library?.themes ?? []).filter { $0.slug != chosen.slug }
    let isKnown = others.count < library?.themes.count ?? 0
    return isKnown
      ? (library?.themes ?? []).map { $0.slug == chosen.slug ? chosen : $0 } : others + [chosen]
  }

  private func take(_ found: ThemeLibrary) {
    library = found
    post(
      .themes(
        themes.map {
          ThemeChoice(slug: $0.slug, name: $0.name, variant: $0.variant?.rawValue ?? "")
        }, current: theme.slug))
  }
}
