import Datasets
import Tensors

extension DetectedBox {
  /// The box in pixels of its image.
  public func scored(in frame: ImageFrame) -> ScoredBox {
    ScoredBox(classIndex: classIndex, score: score, box: frame.pixels(corners))
  }
}

extension EvaluationData {
  /// The boxes to be found in each image, in pixels of it; nil where the data have none.
  ///
  /// - Parameter classCount: The number of the model's classes, where it is known.
  /// - Throws: ``EngineError`` for boxes of classes that the model does not have.
  public func truths(classCount: Int?) throws(EngineError) -> [[TruthBox]]? {
    guard let boxes else { return nil }
    var result = [[TruthBox]](repeating: [], count: count)
    for box in boxes {
      if let classCount, box.classIndex >= classCount {
        throw EngineError(
          .invalidData, path: path, subject: "boxes",
          problem: "there is one of class \(box.classIndex), the model tells \(classCount) classes "
            + "apart, counted from 0", remedy: "Give the boxes of this model's data")
      }
      guard let frame = frame(of: box.imageIndex) else { return nil }
      result[box.imageIndex].append(
        TruthBox(
          classIndex: box.classIndex, box: box.pixels(in: frame), area: box.area,
          isCrowd: box.isCrowd, isDifficult: box.isDifficult))
    }
    return result
  }
}
