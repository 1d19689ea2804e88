import Datasets
import Evaluation
import NetworkGraph
import Tensors

/// The samples of a training run: those trained on, and those that it is judged by.
struct TrainingData: Sendable {
  /// All of them.
  let data: EvaluationData
  /// What the network wants.
  let graphInputs: [ValueInfo]
  /// Items that are trained on.
  let training: [Int]
  /// Items that are judged by; empty where none are set aside.
  let validation: [Int]
  /// Augmentation of images; nil for none.
  let augmentation: ImageAugmentation?
  /// Decides the random numbers of augmentation.
  let seed: Int
  /// The samples that the network takes at a time; nil where it takes any number.
  let fixedBatch: Int?

  /// Splits data and finds out how images are augmented.
  ///
  /// - Throws: ``EngineError`` with code `invalidData` or `invalidArgument`.
  init(_ data: EvaluationData, graph: NetworkGraph, settings: FinetuneSettings) throws(EngineError)
  {
    self.data = data
    graphInputs = graph.runtimeInputs
    seed = settings.seed
    try data.check(against: graphInputs)
    let aside = Int((Double(data.count) * settings.validation).rounded())
    if aside > 0, data.count > aside {
      let split = try SampleSplit(data, reportImages: aside, seed: settings.seed)
      (training, validation) = (split.search.sorted(), split.report.sorted())
    } else {
      (training, validation) = (Array(0..<data.count), [])
    }
    augmentation = try Self.augmentation(data, graphInputs, settings)
    fixedBatch =
      graphInputs.lazy.compactMap { input -> Int? in
        if case .fixed(let length)? = input.shape?.first, length > 0 { length } else { nil }
      }.first
    if let fixedBatch, fixedBatch > min(settings.batch, training.count) {
      throw EngineError(
        .invalidArgument, subject: "batch",
        problem: "the model takes \(fixedBatch) samples at a time, a step has "
          + "\(min(settings.batch, training.count))",
        remedy: "Give --batch \(fixedBatch) or a multiple of it, and as many samples")
    }
  }

  private static func augmentation(
    _ data: EvaluationData, _ inputs: [ValueInfo], _ settings: FinetuneSettings
  ) throws(EngineError) -> ImageAugmentation? {
    guard inputs.count == 1, let input = inputs.first,
      let sample = try data.inputs(for: [0], graphInputs: inputs)[input.name],
      sample.rank == 4, sample.type == .float32
    else {
      guard settings.flips || (settings.shift ?? 0) > 0 else { return nil }
      throw EngineError(
        .invalidArgument, subject: "augmentation",
        problem: "the model's inputs are no float images, which could be mirrored or moved",
        remedy: "Leave out --flip and --shift")
    }
    let isLast = sample.shape[3] <= 4 && sample.shape[1] > 4
    let width = isLast ? sample.shape[2] : sample.shape[3]
    let augmentation = ImageAugmentation(
      flips: settings.flips, shift: settings.shift ?? width / 8, isChannelsLast: isLast)
    return augmentation.isIdentity ? nil : augmentation
  }

  /// What is run together on one thread: items, and which half of pairs.
  struct Shard: Sendable {
    var items: [Int]
    var part: Int
  }

  /// Items cut into shards; pairs give two samples each.
  ///
  /// Where the network takes a fixed number of samples, shards have as many, and what is left over is left
  /// out.
  func shards(of items: [Int], size: Int) -> [Shard] {
    let pieces =
      fixedBatch.map { fixed in
        (0..<items.count / fixed).map { ($0 * fixed)..<(($0 + 1) * fixed) }
      } ?? BatchOrder.pieces(items.count, size: size)
    return (0..<data.partCount).flatMap { part in
      pieces.map { Shard(items: Array(items[$0]), part: part) }
    }
  }

  /// The inputs of a shard.
  ///
  /// - Parameters:
  ///   - shard: The shard.
  ///   - epoch: Decides, with seed and item, how images are augmented; nil leaves them as they are.
  func inputs(_ shard: Shard, epoch: Int?) throws(EngineError) -> [String: Tensor] {
    let inputs = try data.inputs(
      for: shard.items, graphInputs: graphInputs, part: shard.part)
    guard let augmentation, let epoch, let name = graphInputs.first?.name,
      let images = inputs[name]
    else { return inputs }
    let seeds = shard.items.map { SeededNumbers.seed(seed, epoch, 2, $0) }
    return [name: augmentation.apply(to: images, seeds: seeds)]
  }

  /// The labels of a shard; nil without.
  func labels(_ shard: Shard) -> [Int]? {
    data.labels.map { labels in shard.items.map { labels[$0] } }
  }
}
