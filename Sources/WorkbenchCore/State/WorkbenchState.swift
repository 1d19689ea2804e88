import Evaluation
import ModelCompression
import NetworkGraph
import Tensors
import TerminalCells

/// All that the workbench knows: what the screen shows and what keys change.
///
/// A value. ``Workbench/update(_:_:time:)`` is its only writer, ``Workbench/render(_:into:sheet:)``
/// its reader.
public struct WorkbenchState: Sendable {
  // The screen.

  /// Columns of the terminal.
  public internal(set) var columns: Int
  /// Rows of the terminal.
  public internal(set) var rows: Int
  /// The characters to draw with.
  public internal(set) var glyphs: Glyphs
  /// Seconds since the start, as the last message told.
  public internal(set) var time: Double = 0
  /// What fills the screen.
  public internal(set) var view: WorkbenchView = .workbench
  /// The pane that keys go to.
  public internal(set) var focus: PaneID = .layers
  /// How large the focused pane is.
  public internal(set) var zoom: ZoomMode = .normal
  /// What lies over the panes and takes the keys.
  public internal(set) var overlay: Overlay = .none
  /// The digits typed before a key, as in `10l`.
  public internal(set) var pendingCount = ""

  // The document.

  /// The open model; nil until one is.
  public internal(set) var model: ModelSummary?
  /// The tree of layer names.
  public internal(set) var tree = LayerTree(layerNames: [])
  /// Why no model could be opened.
  public internal(set) var openError: EngineError?
  /// The evaluation data; nil when there is none.
  public internal(set) var data: DataSummary?
  /// Whether the evaluation data is being opened.
  public internal(set) var isOpeningData = false
  /// Why the evaluation data could not be opened.
  public internal(set) var dataError: EngineError?
  /// The plan with its past and future.
  public internal(set) var history = PlanHistory(CompressionPlan())
  /// The setting of each layer under the plan, in layer order.
  public internal(set) var settings: [LayerSetting] = []
  /// The plan as it was last saved or opened.
  public internal(set) var savedPlan = CompressionPlan()
  /// The settings of the plan as it was last saved or opened, in layer order.
  public internal(set) var savedSettings: [LayerSetting] = []
  /// The plan's file; nil when it has none yet.
  public internal(set) var planPath: String?
  /// Where exports go unless told otherwise.
  public internal(set) var folder: String

  // The session file.

  /// Whether unsaved plans are kept in the session file while they are worked on.
  let keepsSession: Bool
  /// The plan in the session file; nil when there is none.
  var sessionPlan: CompressionPlan?
  /// When the session file was last written, in seconds since the start.
  var sessionTime = -Double.infinity
  /// The unsaved plan of an earlier session, while the user is asked about it.
  public internal(set) var foundPlan: CompressionPlan?
  /// How long ago that was, in words.
  public internal(set) var foundAge = ""
  /// Whether the user has quit without saving, knowing that the plan is unsaved.
  public internal(set) var isPlanDiscarded = false

  // What the engine told.

  /// Counts changes of the plan: results of older ones are stale.
  public internal(set) var generation = 0
  /// Exact sizes, and the generation they belong to.
  public internal(set) var sizes: Stamped<SizeSummary>?
  /// Exact sizes of each layer, in layer order; comes with ``sizes``.
  public internal(set) var layerSizes: [LayerSize] = []
  /// Every way to store the model, and the generation it was counted for; nil until asked for.
  public internal(set) var storage: Stamped<StorageFigures>?
  /// The picture of the selected layer, and the generation it belongs to.
  public internal(set) var picture: Stamped<LayerPicture>?
  /// How far compressing for a measurement has come, and the generation it belongs to; nil when it is done.
  public internal(set) var compressing: Stamped<CompressingProgress>?
  /// The measured metrics, and the generation they belong to.
  public internal(set) var metrics: Stamped<PreviewMetrics>?
  /// Whether a measurement of the current plan runs.
  public internal(set) var isEvaluating = false
  /// Why the last measurement failed.
  public internal(set) var evaluationError: EngineError?
  /// Every plan measured in this session.
  public internal(set) var points: [MeasuredPoint] = []
  /// What is measured ahead of the next key; nil when nothing is.
  public internal(set) var ahead: AheadProgress?
  /// Whether an export is being written.
  public internal(set) var isExporting = false

  /// What the layers tolerate, and how it is looked at.
  public internal(set) var sensitivity = SensitivityState()
  /// The search for a plan.
  public internal(set) var search = SearchState()
  /// Training.
  public internal(set) var finetuning = FinetuneState()
  /// The board of measured plans.
  public internal(set) var board = BoardState()

  // The layer pane.

  /// The selected row.
  public internal(set) var selection: RowID = .layer(0)
  /// The first row shown, kept so that the list does not jump.
  public internal(set) var scroll = 0
  /// Groups whose rows are hidden, by path.
  public internal(set) var folded: Set<String> = []
  /// Layers marked for editing together.
  public internal(set) var marked: Set<Int> = []
  /// Only layers whose name holds this are shown.
  public internal(set) var filter = ""
  /// The order of rows.
  public internal(set) var sortOrder: SortOrder = .tree
  /// The copied setting.
  public internal(set) var clipboard: LayerSetting?

  // Views.

  /// Whether the histograms before and after lie on one axis.
  public internal(set) var comparesOnOneAxis = false
  /// Whether histograms count on a logarithmic scale.
  public internal(set) var histogramIsLogarithmic = false
  /// What the heatmap shows; nil chooses by what is done to the layer.
  public internal(set) var heatmapMode: HeatmapMode?
  /// The first message shown in the message list, counted from the newest.
  public internal(set) var messageScroll = 0

  // Messages and themes.

  /// All messages, oldest first.
  public internal(set) var notes: [Note] = []
  /// The message in place of the hints.
  public internal(set) var shownNote: Note?
  /// Whether the first hint is still to be shown.
  public internal(set) var showsFirstHint = true
  /// The themes that can be chosen.
  public internal(set) var themes: [ThemeChoice] = []
  /// The current theme's slug.
  public internal(set) var themeSlug = ""
  /// When cancel was last pressed; a second time within 2 s quits.
  public internal(set) var cancelTime: Double?
  /// Whether the program is about to end.
  public internal(set) var isQuitting = false

  /// How far apart writes of the session file are at least, in seconds.
  public static let sessionSeconds = 2.0
  /// How long a message stays, in seconds.
  public static let noteSeconds = 4.0

  /// A workbench with nothing open.
  ///
  /// - Parameters:
  ///   - folder: Where exports and plans go unless told otherwise.
  ///   - keepsSession: Whether unsaved plans are kept in the session file.
  public init(
    columns: Int, rows: Int, glyphs: Glyphs, folder: String, keepsSession: Bool = false
  ) {
    self.keepsSession = keepsSession
    self.columns = columns
    self.rows = rows
    self.glyphs = glyphs
    self.folder = folder
  }

  /// The plan as it stands.
  public var plan: CompressionPlan { history.current }
  /// Whether the plan differs from its file.
  public var hasUnsavedPlan: Bool { plan != savedPlan }

  /// When the next ``Message/tick`` is due, in seconds since the start; nil when nothing waits.
  ///
  /// Without one the program may sleep until a key or a result arrives.
  public var nextTick: Double? {
    let note = shownNote.flatMap { $0.level == .error ? nil : $0.time + Self.noteSeconds }
    let session = isSessionBehind ? sessionTime + Self.sessionSeconds : nil
    guard let note, let session else { return note ?? session }
    return min(note, session)
  }

  /// Why the model can't be measured; nil when it can.
  public var evaluationObstacle: String? {
    guard let model else { return "no model is open" }
    guard model.hasGraph else {
      return "accuracy needs a graph: open the .onnx of these weights"
    }
    if !model.unsupported.isEmpty {
      let names = Set(model.unsupported.map(\.op)).sorted().joined(separator: ", ")
      let count = model.unsupported.count
      return "the graph has \(count) node\(count == 1 ? "" : "s") this version cannot run: \(names)"
    }
    if let dataError { return dataError.description }
    if isOpeningData { return "the evaluation data is being opened" }
    guard data != nil else { return "no evaluation data: start with --data FILE" }
    return nil
  }
}
