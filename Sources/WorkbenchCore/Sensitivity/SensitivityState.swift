import Evaluation
import ModelCompression
import Tensors

/// The sensitivity view: what was scanned so far, and how it is looked at.
///
/// The table stays when the view is left; a scan goes on in the background.
public struct SensitivityState: Sendable {
  /// What is scanned: the amounts and widths of the view's columns.
  public static let settings = SensitivityScan.settings(
    amounts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], bits: [8, 6, 5, 4, 3, 2])

  /// The results so far; nil before the first have come.
  public internal(set) var table: SensitivityTable?
  /// How far the scan has come.
  public internal(set) var progress: ScanProgress?
  /// Whether a scan runs.
  public internal(set) var isScanning = false
  /// Why the last scan failed.
  public internal(set) var error: EngineError?
  /// What the Fisher information predicts; nil until it was asked for and has come.
  public internal(set) var scores: FisherScores?
  /// Whether predictions are being made.
  public internal(set) var isPredicting = false
  /// Counts scans: results of older ones are stale.
  public internal(set) var scanNumber = 0

  /// What the columns are.
  public internal(set) var sweep: Sweep = .prune
  /// The selected column of each sweep, from the mildest.
  public internal(set) var column: [Sweep: Int] = [.prune: 4, .bits: 3]
  /// What the cells show; nil chooses by what was measured.
  public internal(set) var measure: SensitivityMeasure?
  /// The order of rows.
  public internal(set) var order: SensitivityOrder = .graph
  /// The budgets that were changed.
  public internal(set) var budgets: [SensitivityMeasure: Double] = [:]
  /// The selected layer, by index into the model's layers.
  public internal(set) var layer = 0
  /// The first row shown, kept so that the list does not jump.
  public internal(set) var scroll = 0

  /// A view with nothing scanned.
  public init() {}

  /// The share of the scan that is done, in whole percent; nil when none runs.
  var percent: Int? {
    isScanning ? Int(((progress?.fraction ?? 0) * 100).rounded(.down)) : nil
  }
}
