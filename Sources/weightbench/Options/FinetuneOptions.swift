import ArgumentParser
import Training

/// How training recovers accuracy.
struct FinetuneOptions: ParsableArguments {
  @Option(help: "adamw or sgd (with momentum).") var optimizer = FinetuneSettings().optimizer
  @Option(
    name: .customLong("learning-rate"),
    help: "The highest learning rate (default: 0.001).")
  var learningRate: Double?
  @Option(help: "Momentum of sgd.") var momentum = FinetuneSettings().momentum
  @Option(name: .customLong("weight-decay"), help: "Weight decay of weights; biases have none.")
  var weightDecay = FinetuneSettings().weightDecay
  @Option(
    name: .customLong("warm-up"),
    help: "Share of the steps in which the learning rate rises; then it falls along a cosine.")
  var warmUp = FinetuneSettings().warmUp
  @Option(help: "Samples of a step.") var batch = FinetuneSettings().batch
  @Option(help: "Times to go through the training samples (default: 30, or what --minutes allow).")
  var epochs: Int?
  @Option(help: "Minutes that training may take.") var minutes: Double?
  @Flag(help: "Mirror half of the images left to right.") var flip = false
  @Option(
    help: "Pixels that images are moved by at most (default: an eighth of the width; 0 for none).")
  var shift: Int?
  @Option(
    name: .customLong("batchnorm"),
    help: "Statistics of batch normalization that --keep-batchnorm left: frozen or updated.")
  var batchNormalization = FinetuneSettings().batchNormalization
  @Flag(
    name: .customLong("correct-first"), inversion: .prefixedNo,
    help: "Correct biases, or statistics of batch normalization, before training.")
  var correctsFirst = FinetuneSettings().correctsFirst
  @Flag(
    name: .customLong("learn-step"), inversion: .prefixedNo,
    help: ArgumentHelp(
      "Learn the step between codes, too (LSQ) (default: where weights have "
        + "\(FinetuneSettings.standardLearnedBits) bits or fewer)."))
  var learnsStep: Bool?
  @Option(
    help: "Share of the steps over which pruning rises to the plan's amounts (0: at once).")
  var gradual = FinetuneSettings().gradualPruning
  @Option(
    help: ArgumentHelp(
      "Weight of distillation from the float model, 0...1 "
        + "(default: \(FinetuneSettings.standardDistillation); without labels 1)."))
  var distillation: Double?
  @Option(help: "Temperature of distillation.") var temperature = FinetuneSettings().temperature
  @Option(help: "Share of the samples to judge by instead of training on them.")
  var validation = FinetuneSettings().validation
  @Option(help: "Epochs without a better validation after which training ends.")
  var patience: Int?

  /// The settings.
  func settings(seed: Int) -> FinetuneSettings {
    var settings = FinetuneSettings()
    settings.optimizer = optimizer
    settings.learningRate = learningRate
    settings.momentum = momentum
    settings.weightDecay = weightDecay
    settings.warmUp = warmUp
    settings.batch = batch
    settings.epochs = epochs
    settings.minutes = minutes
    settings.flips = flip
    settings.shift = shift
    settings.batchNormalization = batchNormalization
    settings.correctsFirst = correctsFirst
    settings.learnsStep = learnsStep
    settings.gradualPruning = gradual
    settings.distillation = distillation
    settings.temperature = temperature
    settings.validation = validation
    settings.patience = patience
    settings.seed = seed
    return settings
  }
}

extension FinetuneSettings.Optimizer: ExpressibleByArgument {}
extension FinetuneSettings.BatchNormalization: ExpressibleByArgument {}
