import Datasets
import Evaluation
import Foundation
import ModelCompression
import Tensors
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
  /// Whether the time between keys is used to measure what the next one may ask for.
  var worksAhead: Bool
  var keepBatchNorm: Bool
  var themes: ThemeLibrary
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
  private let sessionFile: SessionFile
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
    sessionFile = SessionFile(model: configuration.model)
    runner = EffectRunner(precision: configuration.precision, post: post)
    receive(
      .themes(
        Self.themes(configuration).map {
          ThemeChoice(slug: $0.slug, name: $0.name, variant: $0.variant?.rawValue ?? "")
        }, current: theme.slug))
    open(post: post)
  }

  /// The themes of the library, and the one that was read from a file of its own.
  private static func themes(_ configuration: WorkbenchConfiguration) -> [Theme] {
    let themes = configuration.themes.themes
    let isKnown = themes.contains { $0.slug == configuration.theme.slug }
    return isKnown
      ? themes.map { $0.slug == configuration.theme.slug ? configuration.theme : $0 }
      : themes + [configuration.theme]
  }

  /// Seconds since the start.
  var time: Double {
    let parts = (ContinuousClock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Whether nothing runs in the background.
  var isIdle: Bool { runner.isIdle }

  /// Takes in a message and starts what it asks for.
  func receive(_ message: Message) {
    if case .key = message { runner.stopAhead() }
    defer { workAhead() }
    for effect in Workbench.update(&state, message, time: time) {
      switch effect {
      case .setTheme(let slug):
        if let chosen = Self.themes(configuration).first(where: { $0.slug == slug }) {
          theme = chosen
        }
      case .saveSession(let plan):
        let file = sessionFile
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

  /// Opens model, plan and data in the background, so that the first picture waits for nothing.
  private func open(post: @escaping @Sendable (Message) -> Void) {
    let configuration = configuration
    let runner = runner
    let file = sessionFile
    runner.track {
      let model: OpenedModel
      var plan = CompressionPlan()
      do {
        model = try OpenedModel(
          path: configuration.model, keepBatchNorm: configuration.keepBatchNorm)
        if let path = configuration.plan {
          plan = try CompressionPlan.read(path: path)
          if plan.model?.sha256 != nil { try plan.check(modelSHA256: model.sha256()) }
          _ = try plan.resolved(for: model.layers)
        }
      } catch {
        post(.openFailed(EffectRunner.engineError(error)))
        return
      }
      var data: EvaluationData?
      var failure: EngineError?
      do {
        data = try configuration.data.map {
          try EvaluationData.open(path: $0, limit: configuration.limit)
        }
        runner.use(
          try PreviewEngine(
            model: model, data: data, threads: configuration.threads, seed: configuration.seed,
            memoryBudget: configuration.memoryBudget))
      } catch {
        failure = EffectRunner.engineError(error)
        data = nil
        // Sizes and pictures need no data.
        if let engine = try? PreviewEngine(
          model: model, data: nil, threads: configuration.threads)
        {
          runner.use(engine)
        }
      }
      if let failure {
        post(.dataFailed(failure))
      } else if let data {
        post(
          .dataOpened(
            DataSummary(
              name: data.name, count: data.count, hasLabels: data.labels != nil,
              notes: data.notes)))
      }
      post(.modelOpened(model.summary, plan: plan, planPath: configuration.plan))
      if configuration.keepsSession, configuration.plan == nil, let found = file.read() {
        post(.sessionFound(found.plan, age: found.age))
      }
    }
  }
}
