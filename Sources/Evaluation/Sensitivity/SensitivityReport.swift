import Foundation
import ModelCompression
import Tensors

/// A sensitivity table as JSON, with the keys of the command contract.
///
/// Numbers that JSON lacks are null: `sqnr` where nothing changed is infinite.
public struct SensitivityReport: Sendable, Hashable, Codable {
  /// The original network.
  public struct Baseline: Sendable, Hashable, Codable {
    /// Images with the right class first.
    public var correct: Int
    /// Share of images with the right class first.
    public var top1: Double
    /// Share of images with the right class among the first five.
    public var top5: Double
    /// Mean cross-entropy in nats.
    public var loss: Double?
  }

  /// The task's headline of a cell.
  public struct Headline: Sendable, Hashable, Codable {
    /// Its name: `Spearman`.
    public var name: String
    /// The original network's value.
    public var baseline: Double?
    /// The cell's value.
    public var plan: Double?
    /// Points lost.
    public var drop: Double?
    /// The original network's value as text: `9.8 %`.
    public var baselineText: String?

    /// A figure's values.
    public init(_ figure: TaskFigure) {
      baselineText = figure.baseline.map { figure.text($0) }
      name = figure.name
      baseline = figure.baseline
      plan = figure.plan
      drop = SensitivityReport.finite(figure.drop)
    }
  }

  /// A layer by itself.
  public struct Layer: Sendable, Hashable, Codable {
    /// The layer's name.
    public var name: String
    /// The graph value that holds the weights.
    public var weight: String
    /// The layer's place among the model's layers.
    public var index: Int
    /// Number of weights.
    public var parameters: Int
    /// Kurtosis of the weights.
    public var kurtosis: Double
  }

  /// One cell.
  public struct Row: Sendable, Hashable, Codable {
    /// The layer's name.
    public var layer: String
    /// The graph value that holds the weights.
    public var weight: String
    /// The setting in short.
    public var setting: String
    /// The amount pruned; 0 for none.
    public var sparsity: Double
    /// Bits of a weight; 32 for floats.
    public var bits: Int
    /// Images run.
    public var images: Int
    /// Images with the right class first.
    public var correct: Int?
    /// Share of images with the right class first.
    public var top1: Double?
    /// Share of images with the right class among the first five.
    public var top5: Double?
    /// Mean cross-entropy in nats.
    public var loss: Double?
    /// Top-1 minus the original's.
    public var delta: Double?
    /// The 95 % interval of the paired difference.
    public var interval95: [Double]?
    /// Exact McNemar p.
    public var p: Double?
    /// Images that only the cell gets right.
    public var better: Int?
    /// Images that only the original gets right.
    public var worse: Int?
    /// Share of images with the original's class.
    public var agreement: Double?
    /// Mean Kullback-Leibler divergence, nats.
    public var divergence: Double?
    /// Mean cosine of the outputs.
    public var cosine: Double?
    /// The task's headline.
    public var headline: Headline?
    /// Signal to noise of the outputs, dB; nil for infinity.
    public var sqnr: Double?
    /// Signal to noise of the layer's own output, dB; nil for infinity.
    public var localSqnr: Double?
    /// Signal to noise of the weights, dB; nil for infinity.
    public var weightSqnr: Double?
    /// Relative error of the weights.
    public var weightError: Double
    /// Share of zeros among the weights.
    public var zeros: Double
    /// Kurtosis of the weights.
    public var kurtosis: Double
    /// The growth of the loss that the Fisher information predicts, in nats; nil where it was not asked
    /// for.
    public var fisher: Double?
    /// Seconds of computing.
    public var seconds: Double
    /// `free`, `partial`, `decided` or `complete`.
    public var state: String
  }

  /// How the predictions of the Fisher information compare with what was measured.
  public struct Fisher: Sendable, Hashable, Codable {
    /// Samples that were differentiated.
    public var samples: Int
    /// Spearman's rank correlation of predictions and measured harm over all cells.
    public var rankCorrelation: Double?
    /// The same with the growth of the mean loss in the place of the harm; nil without labels.
    public var lossRankCorrelation: Double?
    /// Seconds for all predictions.
    public var seconds: Double
  }

  /// Predictions by the Fisher information; nil where they were not asked for.
  public var fisher: Fisher?
  /// Images in the evaluation set.
  public var images: Int
  /// `exact`, `settled` or `draft`.
  public var precision: String
  /// `alone` or `all-but`.
  public var direction: String
  /// Whether all cells are finished.
  public var complete: Bool
  /// The original network; nil without labels, or when it was not measured.
  public var baseline: Baseline?
  /// The settings by name, in the scan's order.
  public var settings: [String]
  /// The layers, in graph order.
  public var layers: [Layer]
  /// The cells that were to be measured, all settings of the first layer first.
  public var rows: [Row]
  /// What was scanned; reports of one scan's shards agree in it.
  public var scan: ScanIdentity?
  /// Seconds of the whole scan.
  public var seconds: Double

  /// The content of a table.
  ///
  /// - Parameters:
  ///   - table: The table; cells that the scan's shard leaves out are left out.
  ///   - shard: The part of the table that was measured; nil for all.
  ///   - seconds: Seconds of the whole scan.
  public init(_ table: SensitivityTable, shard: SensitivityScan.Shard?, seconds: Double) {
    images = table.images
    precision = table.identity?.precision ?? EvaluationPrecision.exact.rawValue
    direction = table.direction.rawValue
    let own = table.cells.indices.filter { index in
      shard.map { index % $0.count == $0.index } ?? true
    }
    complete = own.allSatisfy { table.cells[$0].isFinished }
    baseline = table.baseline.map {
      Baseline(
        correct: $0.correct, top1: $0.top1, top5: $0.top5, loss: Self.finite($0.loss))
    }
    settings = table.settings.map(\.scanName)
    layers = table.layers.map {
      Layer(
        name: $0.name, weight: $0.weight, index: $0.index, parameters: $0.parameters,
        kurtosis: $0.kurtosis)
    }
    rows = own.map { Row(table, cell: table.cells[$0]) }
    scan = table.identity
    self.seconds = seconds
  }

  static func finite(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite ? $0 : nil }
  }
}

extension SensitivityReport.Row {
  /// The row of a cell.
  init(_ table: SensitivityTable, cell: SensitivityCell) {
    let layer = table.layers.first { $0.index == cell.layerIndex }
    self.layer = cell.layer
    weight = layer?.weight ?? cell.layer
    setting = cell.settingName
    sparsity = cell.setting.prune?.amount ?? 0
    bits = cell.setting.weights?.bits ?? 32
    images = cell.images
    correct = cell.correct
    top1 = cell.top1
    top5 = cell.top5
    loss = SensitivityReport.finite(cell.loss)
    delta = cell.delta
    interval95 = cell.interval95.map { [$0.lowerBound, $0.upperBound] }
    p = cell.p
    better = cell.better
    worse = cell.worse
    agreement = cell.agreement
    divergence = SensitivityReport.finite(cell.divergence)
    cosine = SensitivityReport.finite(cell.cosine)
    headline = cell.task.map { SensitivityReport.Headline($0.headline) }
    sqnr = SensitivityReport.finite(cell.outputSQNR)
    localSqnr = SensitivityReport.finite(cell.localSQNR)
    weightSqnr = SensitivityReport.finite(cell.weightSQNR)
    weightError = cell.weightError
    zeros = cell.sparsity
    kurtosis = layer?.kurtosis ?? 0
    seconds = cell.seconds
    state = cell.state.rawValue
  }
}
