import Evaluation
import ModelCompression
import TerminalCells

/// How far the running search has come, and the best plan so far.
struct SearchProgressBox {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(40, min(72, room.width - 4))), height: min(room.height, 11))
    let inner = context.window(
      title: "Searching", trailing: "Esc stops, keeps the best", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let progress = state.search.progress
    ProgressBar(fraction: progress?.fraction ?? 0).draw(
      in: inner.row(min(2, inner.height - 1)), of: &buffer, glyphs: context.glyphs,
      style: context[.progress], trackStyle: context[.progressTrack])
    line(0, "goal", [value(state.search.goalText)], inner, in: &buffer)
    line(1, "phase", phaseLine(progress), inner, in: &buffer)
    guard let progress else { return }
    line(4, "best", bestLine(progress), inner, in: &buffer)
    if let settings = settings(of: progress.best) {
      line(5, "", [muted(state.planSummary(settings))], inner, in: &buffer)
    }
    line(
      6, "front", [value("\(progress.front.count)"), muted(" plans on the Pareto board (P)")],
      inner, in: &buffer)
    line(
      8, "", [muted("measured on the search images; the end is reported on others")], inner,
      in: &buffer)
  }

  private func muted(_ text: String) -> StyledText { StyledText(text, context[.textMuted]) }
  private func value(_ text: String) -> StyledText { StyledText(text, context[.value].emphasized) }

  private func line(
    _ row: Int, _ head: String, _ pieces: [StyledText], _ inner: Rect,
    in buffer: inout CellBuffer
  ) {
    buffer.put([muted(TextWidth.padded(head, to: 8))] + pieces, in: inner, row: row)
  }

  private func phaseLine(_ progress: SearchProgress?) -> [StyledText] {
    guard let progress else { return [muted("starting")] }
    let words =
      switch progress.phase {
      case .weights: "scoring weights"
      case .curves: "measuring layers"
      case .front: "measuring plans over the sizes"
      case .passes: "improving the best"
      case .report: "measuring the result"
      }
    let seconds = SweepPane.duration(max(0, state.time - state.search.startTime))
    return [
      value(words), muted("   "), value(Figures.grouped(progress.evaluations)),
      muted(" evaluations   "), value(seconds),
    ]
  }

  private func bestLine(_ progress: SearchProgress) -> [StyledText] {
    let original = state.model?.fileBytes ?? progress.bytes
    let ratio = Double(original) / Double(max(1, progress.bytes))
    var pieces = [
      value(Figures.bytes(progress.bytes)), muted("  "),
      value(Figures.ratio(ratio)), muted("   "),
    ]
    guard let metrics = progress.metrics else { return pieces + [muted("not measured yet")] }
    let headline = metrics.headline
    pieces += [muted("\(headline.name) "), value(headline.text(headline.plan))]
    if let difference = metrics.headlineDifference {
      pieces.append(muted("  \(headline.differenceText(difference.value))"))
    }
    return pieces
  }

  private func settings(of plan: CompressionPlan) -> [LayerSetting]? {
    guard let model = state.model else { return nil }
    return try? plan.resolved(for: model.layers.map(\.layer)).settings
  }
}
