import Foundation
import Training

/// What `finetune` prints.
struct FinetuneReport: Encodable {
  /// One validation.
  struct Point: Encodable {
    var epoch: Int
    var step: Int
    var trainingLoss: Double?
    var loss: Double?
    var accuracy: Double?

    init(_ point: ValidationPoint) {
      epoch = point.epoch
      step = point.step
      trainingLoss = point.trainingLoss.flatMap(Output.finite)
      loss = Output.finite(point.loss)
      accuracy = point.accuracy
    }
  }

  var model: String
  var plan: String
  var bytes: Int
  var ending: String
  var loss: String
  var steps: Int
  var epochs: Int
  var trainingSamples: Int
  var validationSamples: Int
  var seconds: Double
  var resumed: Bool
  var sparsity: Double
  var original: Point?
  var best: Point?
  var history: [Point]
  var notices: [String]

  init(
    _ result: FinetuneResult, model: String, plan: String, bytes: Int, keepsBatchNorm: Bool
  ) {
    self.model = model
    self.plan = plan
    self.bytes = bytes
    ending = result.ending.rawValue
    loss = result.loss
    steps = result.steps
    epochs = result.epochs
    trainingSamples = result.trainingSamples
    validationSamples = result.validationSamples
    seconds = result.seconds
    resumed = result.isResumed
    sparsity = Double(result.recovered.zeros) / Double(max(result.recovered.parameters, 1))
    original = result.original.map(Point.init)
    best = result.best.map(Point.init)
    history = result.history.map(Point.init)
    notices = result.notices
    if keepsBatchNorm {
      notices.append("open the new model with --keep-batchnorm: it was trained so")
    }
    if result.best?.step == 0, result.steps > 0 {
      notices.append(
        "no network was better on the validation samples than the one before training, which is "
          + "what was written: try another learning rate or more epochs")
    }
    if result.ending == .diverged {
      notices.append("the loss became infinite: try a lower --learning-rate")
    }
  }

  /// For people.
  var text: String {
    var lines = [
      "loss         \(loss)",
      "trained      \(epochs) epochs, \(steps) steps on \(trainingSamples) samples in "
        + "\(Output.duration(seconds)): \(Self.words[ending] ?? ending)",
    ]
    if let original { lines.append("original     \(Self.describe(original))") }
    if validationSamples > 0, let start = history.first {
      lines.append("before       \(Self.describe(start))")
    }
    if let best {
      let place = best.epoch > 0 || best.step == 0 ? "epoch \(best.epoch)" : "step \(best.step)"
      lines.append("best         \(Self.describe(best)) after \(place)")
    }
    lines.append(
      validationSamples > 0
        ? "judged by    \(validationSamples) samples that were not trained on"
        : "judged by    the samples that were trained on: none were set aside")
    lines.append("zeros        \(Output.percent(sparsity)) of the layers' weights")
    lines.append("model        \(model)  \(bytes) bytes")
    lines.append("plan         \(plan)")
    return lines.joined(separator: "\n")
  }

  private static let words = [
    "finished": "finished", "noProgress": "no progress any more", "timeLimit": "time is up",
    "cancelled": "cancelled", "diverged": "diverged",
  ]

  private static func describe(_ point: Point) -> String {
    let loss = point.loss.map { String(format: "loss %.4f", $0) } ?? "loss not finite"
    return point.accuracy.map { "\(Output.percent($0)), \(loss)" } ?? loss
  }
}
