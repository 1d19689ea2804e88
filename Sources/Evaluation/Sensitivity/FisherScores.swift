import Foundation
import ModelCompression
import Synchronization
import Tensors

/// What the Fisher information predicts for the cells of a sensitivity table, without running any of
/// them.
///
/// The growth of the mean loss when the weights w of a layer become v is, to second order around a
/// minimum, sum E[g^2] (v - w)^2 / 2, with the diagonal of the empirical Fisher information in the place
/// of the Hessian (arXiv:1801.05787; engine.md 1.3). One pass over the calibration samples, forwards and
/// backwards, scores every layer at every setting.
public struct FisherScores: Sendable, Hashable {
  /// One score for each cell of the table, in nats.
  public let growths: [Double]
  /// Samples that were differentiated.
  public let samples: Int
  /// Seconds that it took.
  public let seconds: Double

  /// Scores that are known.
  public init(growths: [Double], samples: Int, seconds: Double) {
    self.growths = growths
    self.samples = samples
    self.seconds = seconds
  }

  /// The scores of a table's cells.
  ///
  /// - Parameters:
  ///   - table: The table; its settings count, whether measured or not.
  ///   - engine: The engine whose model and calibration samples are used.
  /// - Throws: ``EngineError`` when the network can't be differentiated or there are no samples;
  ///   `CancellationError`.
  public static func of(
    _ table: SensitivityTable, engine: PreviewEngine
  ) throws -> FisherScores {
    let start = ContinuousClock.now
    let model = engine.model
    let calibration = engine.planCompressor.calibration
    let layers = table.layers.map(\.index)
    let isCancelled = { Task.isCancelled }
    try calibration.prepare(
      Dictionary(layers.map { ($0, [.gradients]) }, uniquingKeysWith: { a, _ in a }),
      isCancelled: isCancelled)
    var samples = 0
    var growths: [Double] = []
    for cell in table.cells {
      let statistics = try calibration.statistics(
        ofLayer: cell.layerIndex, needs: [.gradients], isCancelled: isCancelled)
      var alone = cell.setting
      alone.prune?.scope = .layer
      let weights = model.weights[cell.layerIndex]
      let changed = try LayerCompressor.compress(
        layer: model.layers[cell.layerIndex], weights: weights, setting: alone
      ).dequantized
      samples = statistics.rows
      growths.append(growth(statistics.gradientSquare, weights, changed))
    }
    let parts = (ContinuousClock.now - start).components
    return FisherScores(
      growths: growths, samples: samples,
      seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
  }

  /// sum F (v - w)^2 / 2.
  private static func growth(_ squares: Tensor?, _ before: Tensor, _ after: Tensor) -> Double {
    guard let squares else { return 0 }
    return squares.withElements(of: Float.self) { squares in
      before.withElements(of: Float.self) { before in
        after.withElements(of: Float.self) { after in
          squares.indices.reduce(0.0) { sum, index in
            let step = Double(after[index]) - Double(before[index])
            return sum + Double(squares[index]) * step * step / 2
          }
        }
      }
    }
  }
}

extension SensitivityTable {
  /// Sets predictions beside what is measured.
  ///
  /// - Parameter scores: Those of a table of the same layers and settings.
  public mutating func add(_ scores: FisherScores) {
    guard scores.growths.count == cells.count else { return }
    for (index, growth) in scores.growths.enumerated() { cells[index].fisher = growth }
  }

  /// Spearman's rank correlation of predictions and measured harm over the cells that have both, and
  /// their number; nil where there are none or all are equal.
  public var fisherCorrelation: (value: Double, cells: Int)? {
    var (growths, harms): ([Double], [Double]) = ([], [])
    for cell in cells {
      guard let growth = cell.fisher, let harm = cell.harm else { continue }
      growths.append(growth)
      harms.append(harm)
    }
    return Correlation.spearman(growths, harms).map { ($0, growths.count) }
  }
}

extension SensitivityCell {
  /// What the cell lost: of top-1, of the task's figure, of agreement, or of the outputs' cosine.
  fileprivate var harm: Double? {
    if let delta { return -delta }
    if let drop = task?.headline.drop { return drop }
    return agreement.map { 1 - $0 } ?? cosine.map { 1 - $0 }
  }
}

extension SensitivityReport {
  /// Sets predictions beside what was measured, and tells how their ranks agree.
  ///
  /// - Parameter scores: Those of the whole table; a shard's report takes its own.
  public mutating func add(_ scores: FisherScores) {
    var predicted: [String: Double] = [:]
    let names = layers.flatMap { layer in settings.map { "\(layer.name)\t\($0)" } }
    for (name, growth) in zip(names, scores.growths) { predicted[name] = growth }
    var (harms, growths, losses): ([Double], [Double], [Double]) = ([], [], [])
    for index in rows.indices {
      let growth = predicted["\(rows[index].layer)\t\(rows[index].setting)"]
      rows[index].fisher = growth
      guard let growth, let harm = rows[index].harm else { continue }
      growths.append(growth)
      harms.append(harm)
      if let loss = rows[index].loss { losses.append(loss) }
    }
    fisher = Fisher(
      samples: scores.samples, rankCorrelation: Correlation.spearman(growths, harms),
      lossRankCorrelation: losses.count == growths.count
        ? Correlation.spearman(growths, losses) : nil,
      seconds: scores.seconds)
  }
}

extension SensitivityReport.Row {
  /// What the cell lost: of top-1, of the task's figure, of agreement, or of the outputs' cosine.
  fileprivate var harm: Double? {
    if let delta { return -delta }
    if let drop = headline?.drop { return drop }
    return agreement.map { 1 - $0 } ?? cosine.map { 1 - $0 }
  }
}
