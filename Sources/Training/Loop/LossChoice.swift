import Datasets
import NetworkGraph
import Tensors

/// Which loss fits a model and its data.
struct LossChoice: Sendable {
  /// What is trained on.
  let loss: any TrainingLoss
  /// Where the class scores are; nil when outputs are none.
  let classes: ClassOutput?
  /// In a few words, for reports.
  let description: String

  /// Chooses a loss.
  ///
  /// With labels and class scores: cross-entropy and distillation. With class scores alone:
  /// distillation. Otherwise outputs are matched with those of the float network.
  ///
  /// - Parameters:
  ///   - graph: The network.
  ///   - data: The data; detection and similarity have outputs that are no class scores.
  ///   - samples: Outputs of the float network for some shards.
  ///   - batch: Samples of the first of these.
  ///   - settings: The weight and temperature of distillation.
  init(
    graph: NetworkGraph, data: EvaluationData, samples: [[String: Tensor]], batch: Int,
    settings: FinetuneSettings
  ) throws(EngineError) {
    let mayHaveClasses = data.task == .classification || data.task == .agreement
    let classes =
      mayHaveClasses
      ? ClassOutput(graph: graph, outputs: samples.first ?? [:], batch: batch) : nil
    self.classes = classes
    guard let classes else {
      loss = OutputMatchingLoss(samples: samples)
      description = "all outputs matched with the float model's"
      return
    }
    let distillation = DistillationLoss(output: classes, temperature: settings.temperature)
    guard data.labels != nil else {
      if let weight = settings.distillation, weight < 1 {
        throw EngineError(
          .invalidArgument, subject: "distillation",
          problem: "has weight \(weight), but there are no labels for the rest",
          remedy: "Give data with labels, or leave the weight out")
      }
      loss = distillation
      description = "distillation at temperature \(settings.temperature)"
      return
    }
    let weight = settings.distillation ?? FinetuneSettings.standardDistillation
    loss = WeightedLoss([
      (1 - weight, CrossEntropyLoss(output: classes)), (weight, distillation),
    ])
    description =
      switch weight {
      case 0: "cross-entropy"
      case 1: "distillation at temperature \(settings.temperature)"
      default:
        "\(weight) distillation at temperature \(settings.temperature), \(Self.short(1 - weight)) cross-entropy"
      }
  }

  private static func short(_ weight: Double) -> String {
    "\((weight * 1e6).rounded() / 1e6)"
  }
}
