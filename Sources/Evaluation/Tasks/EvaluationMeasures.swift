import Datasets
import Tensors

/// The tasks that there are: a new one is a file, and a line here.
enum EvaluationMeasures {
  /// The types of all tasks' measures.
  static let all: [any EvaluationMeasure.Type] = [
    SimilarityMeasure.self, DetectionMeasure.self, SegmentationMeasure.self, RegressionMeasure.self,
  ]

  /// The measure of the task that data name; nil where only agreement with the original is known, and for
  /// classification, which has a way of its own.
  ///
  /// - Throws: ``EngineError`` when ground truth and outputs do not fit each other.
  static func measure(
    _ context: MeasureContext
  ) throws(EngineError) -> (any EvaluationMeasure)? {
    try context.check()
    // Images without labels: a detector is judged by the original's boxes.
    if context.data.task == .agreement, context.data.inputSize != nil,
      let measure = try DetectionMeasure(context)
    {
      return measure
    }
    guard let type = all.first(where: { $0.task == context.data.task }) else { return nil }
    return try type.init(context)
  }
}
