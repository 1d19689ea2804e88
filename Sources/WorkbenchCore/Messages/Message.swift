import Evaluation
import ModelCompression
import Tensors
import TerminalCells
import Training

/// Something that happened: a key, a new size, a result of the engine.
public enum Message: Sendable {
  /// A key was pressed.
  case key(KeyPress)
  /// The terminal has another size.
  case resized(columns: Int, rows: Int)
  /// Time passed; sent when ``WorkbenchState/nextTick`` is due.
  case tick

  /// A model was opened, with the plan it starts with and that plan's file.
  case modelOpened(ModelSummary, plan: CompressionPlan, planPath: String?)
  /// The model could not be opened.
  case openFailed(EngineError)
  /// The evaluation data is being opened: ``dataOpened(_:)`` or ``dataFailed(_:)`` follows.
  case openingData
  /// The evaluation data was opened.
  case dataOpened(DataSummary)
  /// The evaluation data could not be opened.
  case dataFailed(EngineError)

  /// Exact sizes under the plan of a generation: of the model, and of each layer in layer order.
  case sizes(generation: Int, SizeSummary, layers: [LayerSize])
  /// Every way to store the model under the plan of a generation.
  case storage(generation: Int, StorageFigures)
  /// The picture of a layer under the plan of a generation.
  case layerPicture(generation: Int, LayerPicture)
  /// A layer is being compressed for a measurement.
  case compressing(generation: Int, CompressingProgress)
  /// A measurement has begun or gone on.
  case progress(generation: Int, PreviewMetrics)
  /// A measurement is done.
  case evaluated(generation: Int, PreviewMetrics)
  /// A measurement was cancelled before its end.
  case evaluationCancelled(generation: Int)
  /// Neighbours of the plan were measured ahead.
  case ahead(AheadProgress)
  /// A measurement failed.
  case evaluationFailed(generation: Int, EngineError)

  /// A sensitivity scan has gone on.
  case scanProgress(number: Int, SensitivityTable, ScanProgress)
  /// A sensitivity scan is done.
  case scanFinished(number: Int, SensitivityTable)
  /// A sensitivity scan was cancelled before its end.
  case scanCancelled(number: Int)
  /// A sensitivity scan failed.
  case scanFailed(number: Int, EngineError)

  /// The Fisher information's predictions for the cells of a scan's table.
  case predicted(FisherScores)
  /// There are no predictions: the network can't be differentiated.
  case predictionFailed(EngineError)

  /// Training has gone on.
  case finetuneProgress(number: Int, FinetuneProgress)
  /// Training is done, and the model written.
  case finetuneFinished(number: Int, FinetuneOutcome)
  /// Training was stopped before it began.
  case finetuneCancelled(number: Int)
  /// Training failed.
  case finetuneFailed(number: Int, EngineError)
  /// A search has gone on.
  case searchProgress(number: Int, SearchProgress)
  /// A search is done.
  case searchFinished(number: Int, SearchResult)
  /// A search was cancelled before its end.
  case searchCancelled(number: Int)
  /// A search failed.
  case searchFailed(number: Int, EngineError)

  /// An export was written and checked.
  case exportFinished(ExportResult)
  /// An export failed; nothing was left behind.
  case exportFailed(EngineError)
  /// The plan was written to a file.
  case planSaved(path: String, plan: CompressionPlan)
  /// The plan could not be written.
  case planSaveFailed(EngineError)
  /// An earlier session of this model left an unsaved plan, so many seconds ago.
  case sessionFound(CompressionPlan, age: Double)
  /// The screen was copied as text: to a file, or to `the clipboard`.
  case screenCopied(String)

  /// The themes that can be chosen and the one in use.
  case themes([ThemeChoice], current: String)
  /// A line for the message list.
  case note(String, Note.Level)
  /// The interrupt signal: like the cancel key.
  case interrupted
}
