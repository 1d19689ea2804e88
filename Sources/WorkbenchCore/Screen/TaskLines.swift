import Evaluation
import TerminalCells

/// A task's figures as the preview pane lists them, whatever the task.
struct TaskLines {
  private static let label = 8

  private let context: ScreenContext
  private let metrics: PreviewMetrics
  private let task: TaskResult
  private let isStale: Bool

  init(_ context: ScreenContext, metrics: PreviewMetrics, task: TaskResult, isStale: Bool) {
    self.context = context
    self.metrics = metrics
    self.task = task
    self.isStale = isStale
  }

  /// The headline: both values, and their difference with its interval.
  ///
  /// What does not fit is left out as a whole: first how the difference was found, then the count.
  func headline(counter: StyledText, width: Int) -> [StyledText] {
    let figure = task.headline
    let pieces = [name(figure.name)] + values(figure)
    var difference: [StyledText] = []
    if metrics.sqnr == .infinity {
      difference = [muted("   no difference")]
    } else if let found = task.difference {
      let isClear = found.interval95.map { !$0.contains(0) } ?? false
      // Within its error bar a difference is no difference: no colour says otherwise.
      let isLoss = figure.isHigherBetter == (found.value < 0)
      let slot: ThemeSlot = !isClear ? .value : isLoss ? .loss : .gain
      let sign = context.glyphs == .ascii ? "+/-" : "±"
      difference = [plain("   "), value(mark + figure.text(found, sign: sign), slot)]
      if found.interval95 != nil { difference.append(muted(" paired")) }
    }
    let choices = [difference + [counter], Array(difference.prefix(2)) + [counter], difference]
    let lines = choices.map { pieces + $0 }
    return lines.first { $0.map(\.cells).reduce(0, +) <= width } ?? pieces + difference.prefix(2)
  }

  /// The further figures, as many on a line as fit, and what the user should know.
  func figures(width: Int) -> [[StyledText]] {
    var lines: [[StyledText]] = []
    var line: [StyledText] = []
    for figure in task.figures {
      let isFirst = line.isEmpty
      let pieces =
        (isFirst ? [name(figure.name)] : [plain("   "), muted("\(figure.name) ")]) + values(figure)
      if !isFirst, (line + pieces).map(\.cells).reduce(0, +) > width {
        lines.append(line)
        line = [name(figure.name)] + values(figure)
      } else {
        line += pieces
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
      + task.notes.map { note in
        [name(""), StyledText(TextWidth.truncated(note, to: max(width - 8, 0)), context[.warning])]
      }
  }

  /// What marks a figure that is estimated.
  private var mark: String { metrics.precision == .exact ? "" : "~" }

  private func values(_ figure: TaskFigure) -> [StyledText] {
    let plan = value(mark + figure.text(figure.plan))
    guard let baseline = figure.baseline else { return [plan] }
    return [plain("\(mark)\(figure.text(baseline)) "), muted("-> "), plan]
  }

  /// The name of a figure, which may be longer than the column of names.
  private func name(_ text: String) -> StyledText {
    let isLong = TextWidth.cells(of: text) >= Self.label
    return StyledText(
      isLong ? text + " " : TextWidth.padded(text, to: Self.label), context[.textMuted])
  }

  private func plain(_ text: String) -> StyledText { StyledText(text, context[.text]) }
  private func muted(_ text: String) -> StyledText { StyledText(text, context[.textMuted]) }

  /// A number; dimmed while it belongs to an earlier plan.
  private func value(_ text: String, _ slot: ThemeSlot = .value) -> StyledText {
    isStale
      ? StyledText(text, context[.textDisabled]) : StyledText(text, context[slot].emphasized)
  }
}
