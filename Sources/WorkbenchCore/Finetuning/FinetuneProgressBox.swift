import TerminalCells
import Training

/// How far training has come: loss and accuracy as curves, the best so far, the time left.
struct FinetuneProgressBox {
  private let context: ScreenContext
  private var state: FinetuneState { context.state.finetuning }

  init(_ context: ScreenContext) { self.context = context }

  func draw(in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(40, min(76, room.width - 4))), height: min(room.height, 16))
    let inner = context.window(
      title: "Training",
      trailing: state.isStopping ? "writing the best" : "Esc stops, keeps the best",
      at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let progress = state.progress
    buffer.put(summary(progress), in: inner, row: 0)
    ProgressBar(fraction: progress?.fraction ?? 0).draw(
      in: inner.row(min(1, inner.height - 1)), of: &buffer, glyphs: context.glyphs,
      style: context[.progress], trackStyle: context[.progressTrack])
    guard let progress, inner.height >= 6 else { return }
    let curves = Rect(x: inner.x, y: inner.y + 3, width: inner.width, height: inner.height - 3)
    let (upper, lower) = curves.splitTop(curves.height / 2)
    draw(
      "loss", state.losses, last: progress.loss.map { Figures.fixed($0, 3) },
      style: context[.histogramBefore], in: upper, of: &buffer)
    let accuracies = progress.history.map { $0.accuracy ?? -$0.loss }
    let isAccuracy = progress.history.last?.accuracy != nil
    draw(
      isAccuracy ? "accuracy" : "quality", accuracies,
      last: progress.best.map { "best \(quality($0))" + start(of: progress) },
      style: context[.histogramAfter], in: lower, of: &buffer)
  }

  /// A curve below its name and its last number.
  private func draw(
    _ name: String, _ values: [Double], last: String?, style: Style, in rect: Rect,
    of buffer: inout CellBuffer
  ) {
    let (head, plot) = rect.splitTop(1)
    buffer.put(
      [
        StyledText(TextWidth.padded(name, to: 10), context[.textMuted]),
        StyledText(last ?? "", context[.value].emphasized),
      ], in: head, row: 0)
    CurvePlot(values: values).draw(in: plot, of: &buffer, glyphs: context.glyphs, style: style)
  }

  private func quality(_ point: ValidationPoint) -> String {
    point.accuracy.map { "\(Figures.fixed($0 * 100, 1)) %" }
      ?? "loss \(Figures.fixed(point.loss, 3))"
  }

  private func start(of progress: FinetuneProgress) -> String {
    progress.history.first.map { "   at the start \(quality($0))" } ?? ""
  }

  private func summary(_ progress: FinetuneProgress?) -> [StyledText] {
    func muted(_ text: String) -> StyledText { StyledText(text, context[.textMuted]) }
    func value(_ text: String) -> StyledText { StyledText(text, context[.value].emphasized) }
    guard let progress else { return [muted("measuring the start")] }
    var pieces = [
      muted("epoch "), value("\(progress.epoch)"), muted(" of \(progress.epochs)   step "),
      value(Figures.grouped(progress.step)), muted(" of \(Figures.grouped(progress.steps))"),
    ]
    if progress.pruning < 1 {
      pieces += [muted("   pruned "), value("\(Figures.fixed(progress.pruning * 100, 0)) %")]
    }
    if let left = progress.secondsLeft {
      pieces += [muted("   "), value(SweepPane.duration(left)), muted(" left")]
    }
    return pieces
  }
}
