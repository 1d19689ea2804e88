import Tensors

/// How accuracy lost to compression is trained back.
///
/// The defaults were chosen by measuring: Documentation/finetuning.md has the figures.
public struct FinetuneSettings: Sendable, Hashable, Codable {
  /// How weights follow their gradients.
  public enum Optimizer: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``MomentumSGD``.
    case sgd
    /// ``AdamW``.
    case adamw

    /// The learning rate unless one is stated: AdamW's steps have the size of the rate, those of SGD
    /// that of the gradients, too, which are large where batch normalization is folded.
    public var standardLearningRate: Double {
      switch self {
      case .sgd: 0.001
      case .adamw: 0.001
      }
    }
  }

  /// What batch normalization that is not folded normalizes with.
  public enum BatchNormalization: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its running statistics, which stay as they are; scale and shift are trained.
    case frozen
    /// The statistics of each shard of a batch (``Finetuner/shardSize`` samples); the running ones follow.
    case updated
  }

  /// The optimizer.
  public var optimizer = Optimizer.adamw
  /// The highest learning rate; nil for ``Optimizer/standardLearningRate``.
  public var learningRate: Double?
  /// Share of SGD's last step in the next, 0..<1.
  public var momentum = 0.9
  /// Weight decay of weights with two or more axes; biases and normalization have none.
  public var weightDecay = 1e-4
  /// Share of the steps in which the learning rate rises to its height, 0...1.
  public var warmUp = 0.1
  /// Samples of a step.
  public var batch = 64
  /// Times that the training samples are gone through; nil for 30, or what ``minutes`` allow.
  public var epochs: Int?
  /// Minutes that training may take; nil for no limit.
  ///
  /// Without ``epochs`` the number of steps is decided after the first epoch, or a tenth of the time if
  /// that is less, by the time that they took.
  public var minutes: Double?
  /// Whether half of the images are mirrored left to right.
  public var flips = false
  /// Pixels that images are moved by at most, up, down, left and right; nil for an eighth of the width.
  public var shift: Int?
  /// What batch normalization that is not folded does.
  public var batchNormalization = BatchNormalization.frozen
  /// Whether biases, or running statistics of batch normalization, are corrected before training.
  public var correctsFirst = true
  /// Whether the step between codes is learned (``LearnedStep``) where the scheme is symmetric integers;
  /// nil for layers of at most ``standardLearnedBits``.
  public var learnsStep: Bool?
  /// Share of the steps over which the amount of pruning rises to the plan's (``PruningSchedule``); 0
  /// prunes at once.
  public var gradualPruning = 0.0
  /// Weight of the distillation loss, 0...1, against that of the labels; nil for
  /// ``standardDistillation``, and 1 without labels.
  public var distillation: Double?
  /// The temperature of distillation.
  public var temperature = 4.0
  /// Share of the samples that are not trained on but judged by, 0..<1.
  public var validation = 0.1
  /// Epochs without a better validation after which training ends; nil never.
  public var patience: Int?
  /// Seed of the order of samples, of augmentation and of the choice of validation samples.
  public var seed = 0

  /// Weight of distillation where there are labels.
  public static let standardDistillation = 0.9
  /// Bits of a layer up to which steps are learned unless stated.
  public static let standardLearnedBits = 3
  /// Epochs unless stated.
  public static let standardEpochs = 30

  /// The defaults.
  public init() {}

  /// The learning rate at its height.
  public var peakLearningRate: Double { learningRate ?? optimizer.standardLearningRate }

  /// Throws unless every setting is in its range.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` naming the setting and what it may be.
  public func check() throws(EngineError) {
    func require(
      _ holds: Bool, _ name: String, _ value: Any, _ remedy: String
    ) throws(EngineError) {
      guard !holds else { return }
      throw EngineError(
        .invalidArgument, subject: name, problem: "is \(value)", remedy: remedy)
    }
    let rate = peakLearningRate
    try require(
      rate > 0 && rate.isFinite, "learning rate", rate, "Give a number above 0, such as 0.001")
    try require((0..<1).contains(momentum), "momentum", momentum, "Give 0 up to below 1")
    try require(
      weightDecay >= 0 && weightDecay.isFinite, "weight decay", weightDecay, "Give 0 or more")
    try require((0...1).contains(warmUp), "warm-up", warmUp, "Give a share of the steps, 0 to 1")
    try require((1...65_536).contains(batch), "batch", batch, "Give 1 to 65536 samples")
    if let epochs {
      try require((0...1_000_000).contains(epochs), "epochs", epochs, "Give 0 or more")
    }
    if let minutes {
      try require(minutes > 0 && minutes.isFinite, "minutes", minutes, "Give a number above 0")
    }
    if let shift {
      try require((0...1024).contains(shift), "shift", shift, "Give pixels from 0 on")
    }
    try require(
      (0...1).contains(gradualPruning), "gradual pruning", gradualPruning,
      "Give a share of the steps, 0 to 1")
    if let distillation {
      try require(
        (0...1).contains(distillation), "distillation", distillation, "Give a weight from 0 to 1")
    }
    try require(
      temperature > 0 && temperature.isFinite, "temperature", temperature, "Give a number above 0")
    try require(
      (0..<1).contains(validation), "validation", validation, "Give a share from 0 to below 1")
    if let patience {
      try require(patience > 0, "patience", patience, "Give a number of epochs from 1 on")
    }
  }
}
