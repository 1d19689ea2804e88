/// A named place for a style; the keys under `weightbench: slots:` in theme files.
public enum ThemeSlot: String, Sendable, Hashable, CaseIterable {
  /// What the whole screen lies on; only its background counts.
  case screenBackground = "screen.background"
  /// Ordinary text.
  case text
  /// Text of less weight: units, column heads, captions.
  case textMuted = "text.muted"
  /// What can't be chosen now; always with its reason beside it.
  case textDisabled = "text.disabled"
  /// Borders of panes.
  case border
  /// The border of the pane with the focus.
  case borderFocused = "border.focused"
  /// The selected row in the pane with the focus.
  case selection
  /// The selected row elsewhere; the mark `>` tells it too.
  case selectionUnfocused = "selection.unfocused"
  /// A row marked for editing together with others.
  case marked
  /// Titles of panes.
  case title
  /// The title of the pane with the focus.
  case titleFocused = "title.focused"
  /// Keys in hints and help.
  case key
  /// Numbers.
  case value
  /// Numbers that differ from the original model's.
  case valueChanged = "value.changed"
  /// A change for the better.
  case gain
  /// A change for the worse.
  case loss
  /// Something to look at.
  case warning
  /// Something that failed.
  case error
  /// A message that something went well.
  case notice
  /// The filled part of a progress bar.
  case progress
  /// The empty part of a progress bar.
  case progressTrack = "progress.track"
  /// The weights as they were.
  case histogramBefore = "histogram.before"
  /// The weights as they will be.
  case histogramAfter = "histogram.after"
  /// Where pruning cuts off.
  case histogramCutOff = "histogram.cutoff"
  /// The values quantization can take.
  case histogramLevel = "histogram.level"
  /// Axis ends and legends of plots.
  case axis
  /// Exactly zero in a heatmap.
  case heatmapZero = "heatmap.zero"
  /// Earlier results in the size and accuracy plot.
  case paretoPoint = "pareto.point"
  /// The present result in that plot.
  case paretoCurrent = "pareto.current"
  /// The line of hints.
  case hint
  /// The status line.
  case status
  /// A field text is typed into.
  case input
  /// Found letters in a filtered list.
  case match

  /// The slot whose style this one takes when its own is not given.
  public var parent: ThemeSlot? {
    guard let dot = rawValue.lastIndex(of: ".") else { return self == .text ? nil : .text }
    return ThemeSlot(rawValue: String(rawValue[..<dot]))
  }
}
