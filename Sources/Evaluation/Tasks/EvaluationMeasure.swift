import Datasets
import Tensors

/// One task: how outputs are judged by ground truth, or by the original network's outputs.
///
/// A task is one file: a type with this protocol, and its line in ``EvaluationMeasures``. Whatever runs
/// networks (preview, `evaluate`, search, sensitivity scans) asks it for the evidence of each sample, on
/// worker threads, and for a result from all evidence so far, in evaluation order; whatever shows figures
/// shows ``TaskResult`` without knowing the task.
///
/// Classification is not one of them: samples are gone through by their margin there, which other tasks
/// have not.
public protocol EvaluationMeasure: Sendable {
  /// The task that data name.
  static var task: EvaluationTask { get }

  /// Makes the measure for data and a network; nil when the data hold nothing to judge by, so that only
  /// agreement with the original network is known.
  ///
  /// - Throws: ``EngineError`` when ground truth and outputs do not fit each other.
  init?(_ context: MeasureContext) throws(EngineError)

  /// The few numbers that are kept of one network's outputs for a sample; called on worker threads.
  ///
  /// - Throws: ``EngineError`` when the outputs turn out not to fit.
  func evidence(of outputs: SampleOutputs) throws(EngineError) -> SampleEvidence

  /// The figures over the samples so far.
  ///
  /// Partial results are told about 30 times a second as long as they are cheap: they are asked for so
  /// seldom that they take a tenth of the time at most.
  func result(of samples: TaskSamples) -> TaskResult

  /// What a plan does to a sample, on the scale of 1 - cosine: 0 for nothing, 1 for outputs that have
  /// nothing in common.
  ///
  /// A search keeps its mean small. Nil takes 1 - cosine between the outputs, which says more of a sample
  /// than most tasks' figures.
  func harm(sample: Int, baseline: SampleEvidence, plan: SampleEvidence) -> Double?
}

extension EvaluationMeasure {
  /// 1 - cosine between the outputs.
  public func harm(sample: Int, baseline: SampleEvidence, plan: SampleEvidence) -> Double? { nil }
}
