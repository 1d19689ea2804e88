import Datasets
import NetworkGraph
import Tensors

/// One class for each pixel: intersection over union of each class, over all pixels of all images, and
/// their mean (Everingham and others, the PASCAL VOC challenge).
///
/// The output is class scores (N, C, H, W) or (N, H, W, C), one score (N, 1, H, W) of which more than 0
/// (0.5 behind a Sigmoid) is class 1, or classes already, (N, H, W) or (N, 1, H, W) integers. Scores of
/// another size than the class maps are interpolated to it (``ScoreMap``). Pixels of the class to be
/// ignored count for nothing; classes that neither labels nor predictions hold count for no mean. Evidence:
/// for each class that a sample holds its number, the pixels of the intersection, of the prediction, and
/// of the label.
public struct SegmentationMeasure: EvaluationMeasure {
  /// Segmentation.
  public static var task: EvaluationTask { .segmentation }

  private let output: String
  private let threshold: Float
  private let height: Int
  private let width: Int
  /// Class maps, (N, H, W).
  private let labels: Tensor
  private let ignored: Int
  private let path: String
  /// Whether the network gives classes, so that nothing else says how much a plan changes.
  private let givesClasses: Bool

  /// Finds class maps and output; nil without class maps.
  ///
  /// - Throws: ``EngineError`` when the array is no class maps, or no output can be their prediction.
  public init?(_ context: MeasureContext) throws(EngineError) {
    let data = context.data
    guard let found = data.target else { return nil }
    let shape =
      found.rank == 4 && found.shape[1] == 1 ? [found.shape[0]] + found.shape[2...] : found.shape
    guard shape.count == 3, found.type.isInteger || found.type == .bool else {
      throw EngineError(
        .invalidData, path: data.path, subject: "task segmentation",
        problem: "\(found.type) of shape \(found.shape) are no class maps",
        remedy: "Store integers (N, H, W): the class of each pixel")
    }
    labels = found.reshaped(shape)
    (height, width) = (shape[1], shape[2])
    guard
      let output = context.outputs.first(where: { $0.shape?.count == 3 })
        ?? context.outputs.first(where: { $0.shape?.count == 2 && !($0.type?.isFloat ?? true) })
        ?? context.outputs.first(where: { $0.shape == nil })
    else {
      throw context.misfit("class scores (N, C, H, W), or classes (N, H, W) as integers")
    }
    self.output = output.name
    givesClasses = !(output.type?.isFloat ?? true)
    let producer = context.graph.nodes.last { $0.outputs.contains(output.name) }
    threshold = producer?.op == "Sigmoid" ? 0.5 : 0
    ignored = data.ignoredClass
    path = data.path
  }

  /// Counts the pixels of each class.
  ///
  /// - Throws: ``EngineError`` when output and class map do not fit each other.
  public func evidence(of outputs: SampleOutputs) throws(EngineError) -> SampleEvidence {
    guard let tensor = outputs.output(output),
      let map = ScoreMap(tensor, height: height, width: width, threshold: threshold)
    else {
      throw EngineError(
        .shapeMismatch, subject: "output '\(output)'",
        problem: "is no class map that fits labels of \(height) x \(width)",
        remedy: "Give class maps of the size of the model's output")
    }
    let truth = labels.row(outputs.sample).integers
    var counts: [Int: SIMD4<Double>] = [:]
    for (pixel, label) in truth.enumerated() where label != ignored {
      guard label >= 0, map.classes.map({ label < $0 }) ?? true else {
        throw EngineError(
          .invalidData, path: path, subject: "class map \(outputs.sample)",
          problem: "class \(label), but the model has \(map.classes ?? 0), counted from 0",
          remedy: "Name the class of pixels that are not judged as ignore: in the data description")
      }
      let predicted = map.best[pixel]
      if predicted == label { counts[label, default: .zero][1] += 1 }
      counts[predicted, default: .zero][2] += 1
      counts[label, default: .zero][3] += 1
    }
    return SampleEvidence(
      counts.keys.sorted().flatMap { key -> [Double] in
        let own = counts[key] ?? .zero
        return [Double(key), own[1], own[2], own[3]]
      })
  }

  /// The pixels whose class changed at least, as a share, where outputs are classes.
  public func harm(sample: Int, baseline: SampleEvidence, plan: SampleEvidence) -> Double? {
    guard givesClasses else { return nil }
    let (before, after) = (Self.counts(baseline), Self.counts(plan))
    var changed = 0.0
    for key in Set(before.keys).union(after.keys) {
      let difference = (after[key] ?? .zero) - (before[key] ?? .zero)
      changed += abs(difference[1]) + abs(difference[2])
    }
    return changed / 2 / max(before.values.reduce(0) { $0 + $1[3] }, 1)
  }

  private static func counts(_ evidence: SampleEvidence) -> [Int: SIMD4<Double>] {
    var counts: [Int: SIMD4<Double>] = [:]
    let values = evidence.values
    for start in stride(from: 0, to: values.count, by: 4) {
      counts[Int(values[start])] = SIMD4(0, values[start + 1], values[start + 2], values[start + 3])
    }
    return counts
  }

  /// Mean intersection over union, and the share of pixels that are right.
  public func result(of samples: TaskSamples) -> TaskResult {
    let before = samples.baseline.map(Self.counts)
    let after = samples.plan.map(Self.counts)
    let old = Self.sum(before)
    let new = Self.sum(after)
    let mean = TaskFigure(
      "mean IoU", key: "miou", baseline: Self.meanIoU(old), plan: Self.meanIoU(new),
      format: .percent)
    let pixels = TaskFigure(
      "pixels right", key: "pixelAccuracy", baseline: Self.accuracy(old),
      plan: Self.accuracy(new), format: .percent)
    var difference: TaskResult.Difference?
    if let old = mean.baseline, let new = mean.plan {
      difference = TaskResult.Difference(
        new - old, interval95: samples.isFinal ? interval(samples, before, after) : nil,
        method: "bootstrap over images")
    }
    return TaskResult(
      task: Self.task, samples: samples.count, unit: "images", headline: mean,
      difference: difference, figures: [pixels])
  }

  private func interval(
    _ samples: TaskSamples, _ before: [[Int: SIMD4<Double>]], _ after: [[Int: SIMD4<Double>]]
  ) -> ClosedRange<Double>? {
    PairedBootstrap(count: samples.count).interval95(isCancelled: samples.isCancelled) { draws in
      guard let old = Self.meanIoU(Self.sum(before, draws)),
        let new = Self.meanIoU(Self.sum(after, draws))
      else { return nil }
      return new - old
    }
  }

  private static func sum(
    _ counts: [[Int: SIMD4<Double>]], _ draws: [Int]? = nil
  ) -> [Int: SIMD4<Double>] {
    var sum: [Int: SIMD4<Double>] = [:]
    for (index, own) in counts.enumerated() where draws?[index] != 0 {
      let weight = draws.map { Double($0[index]) } ?? 1
      for (key, value) in own { sum[key, default: .zero] += value * weight }
    }
    return sum
  }

  /// The mean over the classes that labels or predictions hold; nil without any.
  private static func meanIoU(_ counts: [Int: SIMD4<Double>]) -> Double? {
    guard !counts.isEmpty else { return nil }
    // In order of classes: sums in the order of a dictionary would differ from run to run.
    let shares = counts.keys.sorted().map { key in
      let own = counts[key] ?? .zero
      return own[1] / (own[2] + own[3] - own[1])
    }
    return shares.reduce(0, +) / Double(shares.count)
  }

  private static func accuracy(_ counts: [Int: SIMD4<Double>]) -> Double? {
    let sum = counts.values.reduce(SIMD4<Double>.zero, +)
    return sum[3] > 0 ? sum[1] / sum[3] : nil
  }
}
