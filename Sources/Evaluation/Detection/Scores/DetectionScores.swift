/// The figures of a detector over images: COCO's twelve, bit for bit as pycocotools 2.0 prints them, and
/// Pascal VOC's.
///
/// ```swift
/// let scores = DetectionScores(images: [(found, truths)])
/// scores.map     // AP at IoU .50:.95
/// ```
public struct DetectionScores: Sendable, Hashable {
  /// COCO's twelve figures in pycocotools' order; -1 where no object is of the kind.
  ///
  /// AP at IoU .50:.95, .50, .75, of small, medium and large objects; AR with 1, 10 and 100 boxes an image,
  /// of small, medium and large objects.
  public let coco: [Double]
  /// COCO's AP at IoU .50:.95 of each class; nil for classes without objects.
  public let classAP: [Int: Double]
  /// Pascal VOC's AP of each class with objects: area under the envelope of precision (2010 and later).
  public let vocClassAP: [Int: Double]
  /// The mean of ``vocClassAP``; nil without objects.
  public let voc: Double?
  /// Pascal VOC 2007's: precision at 11 points of recall, mean over classes; nil without objects.
  public let voc11: Double?

  /// COCO's AP at IoU .50:.95; nil without objects.
  public var map: Double? { Self.defined(coco[0]) }
  /// COCO's AP at IoU .50; nil without objects.
  public var map50: Double? { Self.defined(coco[1]) }

  /// A figure; nil where there are no objects of its kind.
  static func defined(_ value: Double) -> Double? { value < 0 ? nil : value }

  /// Scores the boxes found in images.
  ///
  /// - Parameter images: Of each image the boxes that were found, and those to be found. Equal scores are
  ///   in the order of images, and of boxes in them.
  public init(images: [(found: [ScoredBox], truths: [TruthBox])]) {
    self.init(
      matches: images.map { COCOMatcher.match($0.found, $0.truths) },
      truths: images.map { TruthCounts.count($0.truths) })
  }

  init(matches: [ImageMatches], truths: [[Int: TruthCounts]]) {
    let classes = Set(truths.flatMap(\.keys)).sorted()
    var tables: [Int: ClassTable] = [:]
    for index in classes {
      tables[index] = ClassTable(classIndex: index, matches: matches, truths: truths)
    }
    coco = Self.coco(classes.compactMap { tables[$0] })
    var classAP: [Int: Double] = [:]
    var voc: [Int: Double] = [:]
    var voc11: [Double] = []
    for index in classes {
      guard let table = tables[index] else { continue }
      let steps = COCOMatcher.thresholds.indices
      let values = steps.compactMap { table.precision(step: $0, area: 0) }.flatMap { $0 }
      classAP[index] = NumPy.mean(values)
      guard let curve = table.vocCurve() else { continue }
      voc[index] = curve.area
      voc11.append(curve.elevenPoints)
    }
    self.classAP = classAP
    vocClassAP = voc
    self.voc = NumPy.mean(classes.compactMap { voc[$0] })
    self.voc11 = NumPy.mean(voc11)
  }

  private static func coco(_ tables: [ClassTable]) -> [Double] {
    let all = Array(COCOMatcher.thresholds.indices)
    /// Precision in the order in which pycocotools lays it out: threshold, recall, class.
    func precision(_ steps: [Int], area: Int) -> Double {
      var values: [Double] = []
      for step in steps {
        let rows = tables.compactMap { $0.precision(step: step, area: area) }
        for point in COCOMatcher.recalls.indices { values += rows.map { $0[point] } }
      }
      return NumPy.mean(values) ?? -1
    }
    func recall(area: Int, most: Int) -> Double {
      let values = all.flatMap { step in
        tables.compactMap { $0.recall(step: step, area: area, most: most) }
      }
      return NumPy.mean(values) ?? -1
    }
    return [
      precision(all, area: 0), precision([0], area: 0), precision([5], area: 0),
      precision(all, area: 1), precision(all, area: 2), precision(all, area: 3),
      recall(area: 0, most: 1), recall(area: 0, most: 10), recall(area: 0, most: 100),
      recall(area: 1, most: 100), recall(area: 2, most: 100), recall(area: 3, most: 100),
    ]
  }
}
