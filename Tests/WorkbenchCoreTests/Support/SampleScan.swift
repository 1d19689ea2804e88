import Evaluation
import Foundation
import ModelCompression
import WorkbenchCore

/// A sensitivity scan of ResNet-20 with measured numbers, from `Snapshots/resnet20-scan.txt`.
enum SampleScan {
  static let images = 250
  private static let baseline = PreviewMetrics.Accuracy(
    correct: 227, top1: 0.908, top5: 1, loss: 0.347)

  /// The table after so many cells, in the order of harm the weights suggest; all when nil.
  ///
  /// The next ten cells are partly measured, every fifth of the finished ones was decided early.
  static func table(finished: Int? = nil, hasLabels: Bool = true) -> SensitivityTable {
    let rows = rows
    var table = SensitivityTable(
      images: images, direction: .alone,
      layers: SampleModel.layers.enumerated().map { index, entry in
        SensitivityTable.Layer(
          name: entry.layer.name, weight: entry.layer.weight, index: index,
          parameters: entry.layer.parameters, kurtosis: rows[index].kurtosis)
      }, settings: SensitivityState.settings)
    for row in rows.indices {
      for column in table.settings.indices {
        let numbers = rows[row].cells[column]
        table[row, column].weightSQNR = numbers[5]
        table[row, column].weightError = pow(10, -numbers[5] / 20)
        table[row, column].sparsity = table.settings[column].prune?.amount ?? 0
      }
    }
    let order = table.cells.indices.sorted {
      (table.cells[$0].weightSQNR, $0) < (table.cells[$1].weightSQNR, $1)
    }
    for (place, index) in order.prefix((finished ?? order.count) + 10).enumerated() {
      let columns = table.settings.count
      let isFinished = place < finished ?? order.count
      measure(
        &table.cells[index], rows[index / columns].cells[index % columns], hasLabels: hasLabels,
        state: !isFinished ? .partial : place % 5 == 4 ? .decided : .complete)
    }
    table.baselineImages = (finished ?? 1) > 0 ? images : 0
    table.baseline = hasLabels && table.baselineImages > 0 ? baseline : nil
    return table
  }

  private static func measure(
    _ cell: inout SensitivityCell, _ numbers: [Double], hasLabels: Bool,
    state: SensitivityCell.State
  ) {
    let (better, worse) = (Int(numbers[0]), Int(numbers[1]))
    cell.state = state
    cell.images = state == .complete ? images : state == .decided ? 125 : 75
    cell.seconds = 0.1
    if hasLabels {
      let delta = Double(better - worse) / Double(images)
      let spread =
        (Double(better + worse) / Double(images)).squareRoot() * 1.96
        / Double(images).squareRoot()
      cell.correct = baseline.correct + better - worse
      cell.top1 = baseline.top1 + delta
      cell.top5 = 1
      cell.loss = numbers[3]
      cell.delta = delta
      cell.interval95 = (delta - spread)...(delta + spread)
      cell.p = better == worse ? 1 : 0.04
      (cell.better, cell.worse) = (better, worse)
    }
    cell.agreement = numbers[2] / Double(images)
    cell.divergence = numbers[4]
    cell.cosine = 1 - numbers[4] / 10
    cell.outputSQNR = numbers[5] + 3
  }

  /// Predictions that go with the weights' noise.
  static func scores(_ table: SensitivityTable) -> FisherScores {
    FisherScores(
      growths: table.cells.map { pow(10, -$0.weightSQNR / 10) * 2 }, samples: 512, seconds: 1.4)
  }

  static func progress(_ fraction: Double) -> ScanProgress {
    ScanProgress(
      phase: .measuring, fraction: fraction, finishedCells: Int(300 * fraction), cellCount: 300,
      images: Int(75_000 * fraction), seconds: 8.2 * fraction,
      secondsLeft: fraction > 0 ? 8.2 * (1 - fraction) : nil)
  }

  /// The file's rows: kurtosis, and better, worse, agreeing, loss, divergence, SQNR of each cell.
  private static let rows: [(kurtosis: Double, cells: [[Double]])] = {
    let file = Snapshot.folder.appending(path: "resnet20-scan.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let words = line.split(separator: " ")
      return (
        Double(words[1]) ?? 0,
        words.dropFirst(2).map { $0.split(separator: "/").map { Double($0) ?? 0 } }
      )
    }
  }()

  // Search.

  private static func plan(bits: Int, amount: Double) -> CompressionPlan {
    var plan = CompressionPlan()
    for entry in SampleModel.layers {
      plan.set(
        LayerSetting(
          prune: amount > 0 ? PruneSetting(amount: amount) : nil,
          weights: WeightQuantization(bits: bits)), forLayer: entry.layer.name)
    }
    return plan
  }

  private static func point(_ bits: Int, _ amount: Double, _ bytes: Int, _ top1: Double)
    -> FrontPoint
  {
    FrontPoint(
      bytes: bytes, top1: top1, agreement: 0.97, cosine: 0.998,
      headline: TaskFigure(
        "top-1", key: "top1", baseline: 0.915, plan: top1, format: .percent), harm: 0.01,
      images: 500,
      plan: plan(bits: bits, amount: amount))
  }

  static func searchProgress() -> SearchProgress {
    SearchProgress(
      phase: .passes, evaluations: 214, fraction: 0.63, best: plan(bits: 4, amount: 0.3),
      bytes: 130_512, metrics: SampleModel.metrics(130_512, images: 500), harm: 0.011,
      front: [
        point(3, 0.5, 81_020, 0.862), point(4, 0.3, 130_512, 0.906), point(6, 0, 214_008, 0.915),
      ])
  }

  static func searchResult() -> SearchResult {
    let metrics = SampleModel.metrics(130_512, images: 500)
    return SearchResult(
      plan: plan(bits: 4, amount: 0.4), bytes: 122_900, metrics: metrics, searchMetrics: metrics,
      searchImages: 500, reportImages: 500, evaluations: 412, seconds: 9.1,
      front: [point(4, 0.4, 122_900, 0.904), point(6, 0, 214_008, 0.914)], uniform: nil,
      notices: [])
  }
}
