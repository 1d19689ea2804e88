import Datasets
import Foundation
import Tensors

/// Numbers to be hit: mean absolute and root mean square error of the first floating output, (N), (N, K)
/// or (N, K, 1, 1), against targets (N) or (N, K).
///
/// Both errors are over all K numbers of all samples alike, as scikit-learn's `mean_absolute_error` and
/// `mean_squared_error` average. Evidence: the K numbers.
public struct RegressionMeasure: EvaluationMeasure {
  /// Regression.
  public static var task: EvaluationTask { .regression }

  private let output: String
  private let width: Int
  /// Targets of all samples, one sample after the other.
  private let targets: [Double]
  /// Standard deviation of the targets: what an error is held against.
  private let spread: Double

  /// Finds targets and output; nil without targets.
  ///
  /// - Throws: ``EngineError`` when no output holds as many numbers as there are targets of a sample.
  public init?(_ context: MeasureContext) throws(EngineError) {
    let data = context.data
    guard let targets = data.target else { return nil }
    let width = targets.count / max(data.count, 1)
    let floats = context.outputs.filter { $0.type?.isFloat ?? true }
    guard
      let output = floats.first(where: { $0.shape?.reduce(1, *) == width })
        ?? floats.first(where: { $0.shape == nil })
    else {
      throw context.misfit("an output of \(width) floats for each item, as there are targets")
    }
    let values = targets.doubles
    guard values.allSatisfy(\.isFinite) else {
      throw EngineError(
        .invalidData, path: data.path, subject: "targets",
        problem: "hold a value that is not finite",
        remedy: "Correct the targets")
    }
    self.output = output.name
    self.width = width
    self.targets = values
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    spread = (squares / Double(max(values.count, 1))).squareRoot()
  }

  /// The numbers that a network gives.
  ///
  /// - Throws: ``EngineError`` when they are not as many as the targets.
  public func evidence(of outputs: SampleOutputs) throws(EngineError) -> SampleEvidence {
    guard let tensor = outputs.output(output), tensor.count == width else {
      throw EngineError(
        .shapeMismatch, subject: "output '\(output)'",
        problem: "does not hold \(width) numbers for each item, as the targets do",
        remedy: "Give targets of the output's shape")
    }
    return SampleEvidence(tensor.doubles)
  }

  /// How far the plan's numbers lie from the original's, in standard deviations of the targets.
  public func harm(sample: Int, baseline: SampleEvidence, plan: SampleEvidence) -> Double? {
    let sum = zip(baseline.values, plan.values).reduce(0) { $0 + abs($1.0 - $1.1) }
    return sum / Double(max(width, 1)) / (spread > 0 ? spread : 1)
  }

  /// Mean absolute and root mean square error.
  public func result(of samples: TaskSamples) -> TaskResult {
    let before = errors(samples.baseline, samples.samples)
    let after = errors(samples.plan, samples.samples)
    let count = Double(max(samples.count * width, 1))
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / count }
    let absolute = TaskFigure(
      "MAE", key: "mae", baseline: mean(before.absolute), plan: mean(after.absolute),
      format: .significant, isHigherBetter: false)
    let square = TaskFigure(
      "RMSE", key: "rmse", baseline: mean(before.square).squareRoot(),
      plan: mean(after.square).squareRoot(), format: .significant, isHigherBetter: false)
    var difference: TaskResult.Difference?
    if let old = absolute.baseline, let new = absolute.plan {
      difference = TaskResult.Difference(
        new - old,
        interval95: interval(
          zip(before.absolute, after.absolute).map { ($1 - $0) / Double(width) }),
        method: "paired differences")
    }
    return TaskResult(
      task: Self.task, samples: samples.count, unit: "items", headline: absolute,
      difference: difference, figures: [square])
  }

  /// The sums of errors of each sample.
  private func errors(
    _ evidence: [SampleEvidence], _ samples: [Int]
  ) -> (absolute: [Double], square: [Double]) {
    var absolute: [Double] = []
    var square: [Double] = []
    for (evidence, sample) in zip(evidence, samples) {
      var sums = (0.0, 0.0)
      for (place, value) in evidence.values.enumerated() {
        let error = value - targets[sample * width + place]
        sums.0 += abs(error)
        sums.1 += error * error
      }
      absolute.append(sums.0)
      square.append(sums.1)
    }
    return (absolute, square)
  }

  /// Mean +- 1.96 standard errors of the samples' differences: a mean needs no bootstrap.
  private func interval(_ differences: [Double]) -> ClosedRange<Double>? {
    let count = Double(differences.count)
    guard count > 1 else { return nil }
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = 1.959964 * (squares / (count - 1) / count).squareRoot()
    return half.isFinite ? (mean - half)...(mean + half) : nil
  }
}
