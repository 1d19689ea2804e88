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
  var keepBatchNorm: Bool
  var themes: ThemeLibrary
  var theme: Theme
  var folder: String
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
      columns: columns, rows: rows, glyphs: glyphs, folder: configuration.folder)
    runner = EffectRunner(post: post)
    receive(
      .themes(
        configuration.themes.themes.map {
          ThemeChoice(slug: $0.slug, name: $0.name, variant: $0.variant?.rawValue ?? "")
        }, current: theme.slug))
    open(post: post)
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
    for effect in Workbench.update(&state, message, time: time) {
      switch effect {
      case .setTheme(let slug):
        if let chosen = configuration.themes.themes.first(where: { $0.slug == slug }) {
          theme = chosen
        }
      case .suspend, .redraw, .copyScreen, .quit: terminalEffects.append(effect)
      default: runner.run(effect)
      }
    }
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

  /// Opens model, plan and data in the background, so that the first picture waits for nothing.
  private func open(post: @escaping @Sendable (Message) -> Void) {
    let configuration = configuration
    let runner = runner
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
            model: model, data: data, threads: configuration.threads, seed: configuration.seed))
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
    }
  }
}
