import Datasets
import Tensors

/// Likeness of pairs of texts: the rank correlation between the cosine of their embeddings and a gold
/// score, as on STS-B.
///
/// The embedding is the first floating output (N, D), or the mean of the first output (N, T, D) over the
/// tokens that the attention mask lets through, as sentence-transformers pools. Evidence: the cosine.
public struct SimilarityMeasure: EvaluationMeasure {
  /// Similarity.
  public static var task: EvaluationTask { .similarity }

  private let output: String
  /// The attention masks of both halves, (N, T); nil where all tokens count.
  private let masks: [Tensor?]
  /// The gold score of each pair.
  private let gold: [Double]

  /// Finds the embedding; nil without scored pairs.
  ///
  /// - Throws: ``EngineError`` when no output can be one.
  public init?(_ context: MeasureContext) throws(EngineError) {
    let data = context.data
    guard let scores = data.scores, data.partCount == 2 else { return nil }
    let floats = context.outputs.filter { $0.type?.isFloat ?? true }
    guard
      let output = floats.first(where: { $0.shape?.count == 1 })
        ?? floats.first(where: { $0.shape?.count == 2 }) ?? floats.first(where: { $0.shape == nil })
    else {
      throw context.misfit("an embedding: an output of floats (N, D), or (N, T, D)")
    }
    self.output = output.name
    gold = scores.map(Double.init)
    masks = (0..<2).map { part in
      output.shape?.count == 1 ? nil : data.array("attention_mask", part: part)
    }
  }

  /// The cosine of the pair's embeddings: one number.
  ///
  /// - Throws: ``EngineError`` when the output is no embedding.
  public func evidence(of outputs: SampleOutputs) throws(EngineError) -> SampleEvidence {
    let a = try embedding(outputs, part: 0)
    let b = try embedding(outputs, part: 1)
    var (dot, aa, bb) = (0.0, 0.0, 0.0)
    for index in 0..<min(a.count, b.count) {
      dot += a[index] * b[index]
      aa += a[index] * a[index]
      bb += b[index] * b[index]
    }
    // An embedding of nothing but zeros is like none.
    let cosine = aa > 0 && bb > 0 ? dot / (aa.squareRoot() * bb.squareRoot()) : 0
    return SampleEvidence([(aa * bb).isFinite ? cosine : .nan])
  }

  private func embedding(
    _ outputs: SampleOutputs, part: Int
  ) throws(EngineError) -> [Double] {
    guard let tensor = outputs.output(output, part: part), tensor.type.isFloat,
      (1...2).contains(tensor.rank)
    else {
      throw EngineError(
        .shapeMismatch, subject: "output '\(output)'",
        problem: "is no embedding (N, D) or (N, T, D) of floats", remedy: "Give another model")
    }
    let values = tensor.doubles
    guard tensor.rank == 2 else { return values }
    let (tokens, width) = (tensor.shape[0], tensor.shape[1])
    let mask = masks[part].flatMap { mask in
      mask.rank == 2 && mask.shape[1] == tokens ? mask.row(outputs.sample).integers : nil
    }
    var mean = [Double](repeating: 0, count: width)
    for token in 0..<tokens where mask.map({ $0[token] != 0 }) ?? true {
      for place in 0..<width { mean[place] += values[token * width + place] }
    }
    // Cosines do not ask for the length: the sum serves as the mean.
    return mean
  }

  /// Spearman's and Pearson's correlation of the cosines with the gold scores.
  public func result(of samples: TaskSamples) -> TaskResult {
    let gold = samples.samples.map { self.gold[$0] }
    let before = samples.baseline.map { $0.values[0] }
    let after = samples.plan.map { $0.values[0] }
    let spearman = TaskFigure(
      "Spearman", key: "spearman", baseline: Correlation.spearman(gold, before),
      plan: Correlation.spearman(gold, after), format: .decimal(places: 4))
    let pearson = TaskFigure(
      "Pearson", key: "pearson", baseline: Correlation.pearson(gold, before),
      plan: Correlation.pearson(gold, after), format: .decimal(places: 4))
    var difference: TaskResult.Difference?
    if let old = spearman.baseline, let new = spearman.plan {
      difference = TaskResult.Difference(
        new - old, interval95: samples.isFinal ? interval(samples, gold, before, after) : nil,
        method: "bootstrap over pairs")
    }
    return TaskResult(
      task: Self.task, samples: samples.count, unit: "pairs", headline: spearman,
      difference: difference, figures: [pearson])
  }

  private func interval(
    _ samples: TaskSamples, _ gold: [Double], _ before: [Double], _ after: [Double]
  ) -> ClosedRange<Double>? {
    let rows = [gold, before, after].map { RankedValues($0) }
    return PairedBootstrap(count: samples.count).interval95(isCancelled: samples.isCancelled) {
      draws in
      let ranks = rows.map { $0.ranks(draws: draws) }
      guard let old = Correlation.pearson(ranks[0], ranks[1], draws: draws),
        let new = Correlation.pearson(ranks[0], ranks[2], draws: draws)
      else { return nil }
      return new - old
    }
  }
}
