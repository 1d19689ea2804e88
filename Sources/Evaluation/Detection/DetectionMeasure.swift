import Datasets
import Tensors

/// Detection: mean average precision where data have boxes, and otherwise the boxes that a plan misses,
/// adds and moves beside the original network.
public struct DetectionMeasure: EvaluationMeasure {
  /// Detection.
  public static var task: EvaluationTask { .detection }

  /// How outputs become boxes.
  public let decoder: DetectionDecoder
  private let data: EvaluationData
  /// The boxes to be found in each image; nil where the data have none.
  private let truths: [[TruthBox]]?
  private let counts: [[Int: TruthCounts]]

  /// Resamples of compared boxes while images are still to come: a standard error within a tenth.
  private static let partialResamples = 60

  /// Makes the measure; nil where nothing says how outputs become boxes.
  ///
  /// - Throws: As ``DetectionDecoder/init(_:)``, and for boxes of classes that the model does not have.
  public init?(_ context: MeasureContext) throws(EngineError) {
    guard let decoder = try DetectionDecoder(context) else { return nil }
    self.decoder = decoder
    data = context.data
    truths = try data.truths(classCount: decoder.classCount)
    counts = truths?.map(TruthCounts.count) ?? []
  }

  /// What the boxes of a sample are worth, or the boxes themselves where there are no labels.
  ///
  /// - Throws: ``EngineError`` when the outputs turn out not to fit the head.
  public func evidence(of outputs: SampleOutputs) throws(EngineError) -> SampleEvidence {
    let boxes = try decoder.boxes(of: outputs)
    guard let truths, let frame = data.frame(of: outputs.sample) else {
      let shown = Double(decoder.head.selection.shown)
      return DetectionEvidence.keep(boxes.filter { $0.score >= shown })
    }
    return DetectionEvidence.keep(
      COCOMatcher.match(boxes.map { $0.scored(in: frame) }, truths[outputs.sample]))
  }

  /// Mean average precision, or the boxes beside the original's.
  public func result(of samples: TaskSamples) -> TaskResult {
    truths == nil ? comparison(samples) : precision(samples)
  }

  private func precision(_ samples: TaskSamples) -> TaskResult {
    // In the order of the data: equal scores then count in pycocotools' order, whatever ran first.
    let order = samples.samples.indices.sorted { samples.samples[$0] < samples.samples[$1] }
    let counts = order.map { self.counts[samples.samples[$0]] }
    let before = order.map { DetectionEvidence.matches(samples.baseline[$0]) }
    let after = order.map { DetectionEvidence.matches(samples.plan[$0]) }
    let old = DetectionScores(matches: before, truths: counts)
    let new = before == after ? old : DetectionScores(matches: after, truths: counts)
    func figure(
      _ name: String, _ key: String, _ value: (DetectionScores) -> Double?
    ) -> TaskFigure {
      TaskFigure(
        name, key: key, baseline: value(old), plan: value(new), format: .decimal(places: 4))
    }
    let headline = figure("mAP@.50:.95", "map", \.map)
    var difference: TaskResult.Difference?
    if let a = headline.baseline, let b = headline.plan {
      let pair = PairedPrecision(baseline: before, plan: after, truths: counts)
      difference = TaskResult.Difference(
        b - a,
        interval95: samples.isFinal
          ? pair.interval95(isCancelled: samples.isCancelled) : pair.partialInterval95(),
        method: "bootstrap over images")
    }
    return TaskResult(
      task: Self.task, samples: samples.count, unit: "images", headline: headline,
      difference: difference,
      figures: [
        figure("mAP@.50", "map50", \.map50),
        figure("mAP@.75", "map75") { DetectionScores.defined($0.coco[2]) },
        figure("VOC mAP", "voc", \.voc), figure("VOC07 mAP", "voc07", \.voc11),
        figure("mAP small", "mapSmall") { DetectionScores.defined($0.coco[3]) },
        figure("mAP medium", "mapMedium") { DetectionScores.defined($0.coco[4]) },
        figure("mAP large", "mapLarge") { DetectionScores.defined($0.coco[5]) },
      ] + classFigures(old, new), notes: decoder.notes)
  }

  /// AP at IoU .50 of each class, as long as there are few.
  private func classFigures(_ old: DetectionScores, _ new: DetectionScores) -> [TaskFigure] {
    let classes = old.vocClassAP.keys.sorted()
    guard classes.count <= 20 else { return [] }
    return classes.map { index in
      let name = data.classNames?[index] ?? "class \(index)"
      return TaskFigure(
        "AP50 \(name)", key: "ap50.\(name)", baseline: old.vocClassAP[index],
        plan: new.vocClassAP[index], format: .decimal(places: 4))
    }
  }

  private func comparison(_ samples: TaskSamples) -> TaskResult {
    let images = zip(samples.baseline, samples.plan).map { before, after in
      BoxComparison(
        original: DetectionEvidence.boxes(before), plan: DetectionEvidence.boxes(after))
    }
    let total = images.reduce(into: BoxComparison()) { $0 += $1 }
    func count(_ name: String, _ key: String, _ value: Int, worse: Bool = true) -> TaskFigure {
      TaskFigure(
        name, key: key, baseline: nil, plan: Double(value), format: .count,
        isHigherBetter: !worse)
    }
    let headline = TaskFigure(
      "same boxes", key: "sameBoxes", baseline: 1, plan: total.sameShare, format: .percent)
    let isSame = total.missed == 0 && total.added == 0
    let resamples =
      samples.isFinal ? PairedBootstrap.standardResamples : Self.partialResamples
    let interval: ClosedRange<Double>? =
      isSame
      ? 0...0
      : PairedBootstrap(count: samples.count, resamples: resamples).studentInterval95(
        around: total.sameShare - 1, isCancelled: samples.isCancelled
      ) { draws in
        var sum = BoxComparison()
        for (image, times) in zip(images, draws) where times > 0 { sum.add(image, times: times) }
        return sum.sameShare - 1
      }
    let pairs = Double(max(total.matched, 1))
    let hasPairs = total.matched > 0
    return TaskResult(
      task: Self.task, samples: samples.count, unit: "images", headline: headline,
      difference: TaskResult.Difference(
        total.sameShare - 1, interval95: interval, method: "bootstrap over images"),
      figures: [
        TaskFigure(
          "boxes", key: "boxes", baseline: Double(total.original), plan: Double(total.plan),
          format: .count),
        count("missed", "missed", total.missed), count("added", "added", total.added),
        count("moved", "moved", total.moved),
        TaskFigure(
          "mean IoU", key: "meanIoU", baseline: nil,
          plan: hasPairs ? total.overlap / pairs : nil, format: .decimal(places: 4)),
        TaskFigure(
          "score change", key: "scoreChange", baseline: nil,
          plan: hasPairs ? total.scoreChange / pairs : nil, format: .decimal(places: 4)),
      ],
      notes: decoder.notes + [
        "no labels: the original's boxes from score \(decoder.head.selection.shown) on; "
          + "moved: overlap below \(BoxComparison.still)"
      ])
  }
}
