import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing
import Training

/// Losses and their gradients against PyTorch's autograd.
@Suite struct LossTests {
  private let scores = TorchJudge.normal([12, 7], seed: 3, scale: 2)
  private let teacher = TorchJudge.normal([12, 7], seed: 4, scale: 2)
  private let labels = (0..<12).map { ($0 * 5) % 7 }
  private let logits = ClassOutput(name: "y", areProbabilities: false)

  /// The loss of three shards, their values and gradients put together.
  private func inShards(
    _ loss: any TrainingLoss, scores: Tensor
  ) throws -> (value: Double, gradient: [Float]) {
    var sum = 0.0
    var gradient: [Float] = []
    for rows in [0..<5, 5..<6, 6..<12] {
      func part(_ tensor: Tensor) -> Tensor {
        Tensor(
          [rows.count, 7], Array(tensor.floats[(rows.lowerBound * 7)..<(rows.upperBound * 7)]))
      }
      let value = try loss.evaluate(
        LossInput(
          outputs: ["y": part(scores)], teacher: ["y": part(teacher)],
          labels: Array(labels[rows]), batch: 12))
      sum += value.value
      gradient += try #require(value.seeds["y"]).floats
    }
    return (sum, gradient)
  }

  @Test(.enabled(if: TorchJudge.isAvailable, "PyTorch is not installed"))
  func lossesEqualTorch() throws {
    let judged = try TorchJudge.judge([
      "scores": scores, "teacher": teacher, "labels": Tensor([12], labels.map { Int64($0) }),
    ])
    let cases: [(String, any TrainingLoss)] = [
      ("crossentropy", CrossEntropyLoss(output: logits)),
      ("distillation1", DistillationLoss(output: logits, temperature: 1)),
      ("distillation4", DistillationLoss(output: logits, temperature: 4)),
      ("matching", OutputMatchingLoss(samples: [["y": teacher]])),
    ]
    for (name, loss) in cases {
      let (value, gradient) = try inShards(loss, scores: scores)
      let wanted = try #require(judged[name]?.doubles.first)
      #expect(abs(value - wanted) < 2e-6 * abs(wanted), "\(name)")
      #expect(TorchJudge.difference(gradient, judged[name + ".gradient"]) < 2e-6, "\(name)")
    }
    let behind = CrossEntropyLoss(output: ClassOutput(name: "y", areProbabilities: true))
    let (_, gradient) = try inShards(behind, scores: try #require(judged["probabilities"]))
    // dL/dp is known up to what the softmax in front takes away: a constant for each row.
    let wanted = try #require(judged["probabilities.gradient"]).floats
    let probabilities = try #require(judged["probabilities"]).floats
    for row in 0..<12 {
      let places = (row * 7)..<((row + 1) * 7)
      func behindSoftmax(_ gradient: [Float]) -> [Float] {
        let mean = places.reduce(Float(0)) { $0 + probabilities[$1] * gradient[$1] }
        return places.map { probabilities[$0] * (gradient[$0] - mean) }
      }
      for (a, b) in zip(behindSoftmax(gradient), behindSoftmax(wanted)) {
        #expect(abs(a - b) < 1e-6)
      }
    }
  }

  @Test func partsAddUp() throws {
    let (a, ga) = try inShards(CrossEntropyLoss(output: logits), scores: scores)
    let (b, gb) = try inShards(DistillationLoss(output: logits, temperature: 3), scores: scores)
    let (sum, gradient) = try inShards(
      WeightedLoss([
        (0.25, CrossEntropyLoss(output: logits)),
        (0.75, DistillationLoss(output: logits, temperature: 3)),
      ]), scores: scores)
    #expect(abs(sum - (0.25 * a + 0.75 * b)) < 1e-12)
    for index in gradient.indices {
      #expect(abs(gradient[index] - (0.25 * ga[index] + 0.75 * gb[index])) < 1e-7)
    }
  }

  @Test func labelsBeyondTheClassesAreRefused() {
    #expect(throws: EngineError.self) {
      try CrossEntropyLoss(output: logits).evaluate(
        LossInput(outputs: ["y": scores], labels: [Int](repeating: 7, count: 12), batch: 12))
    }
    #expect(throws: EngineError.self) {
      try CrossEntropyLoss(output: logits).evaluate(
        LossInput(outputs: ["y": scores], labels: nil, batch: 12))
    }
  }

  @Test(.enabled(if: TorchJudge.isAvailable, "PyTorch is not installed"))
  func learnedStepsEqualTorch() throws {
    let shape = [6, 4, 3, 3]
    let weight = TorchJudge.normal(shape, seed: 5, scale: 0.1)
    let upstream = TorchJudge.normal(shape, seed: 6)
    let layer = CompressibleLayer(
      name: "layer", weight: "w", nodes: [0], op: "Conv", shape: shape, outputAxis: 0, inputAxis: 1)
    let setting = WeightQuantization(bits: 3)
    let learned = try #require(LearnedStep(layer: layer, setting: setting))
    // Smaller steps than those to start from, so that some weights are clipped.
    let steps = learned.start(weight.floats).map { $0 * 0.6 }
    #expect(steps.count == 6)
    let judged = try TorchJudge.judge([
      "weight": weight, "upstream": upstream, "step": Tensor([6], steps),
    ])
    var gradient = upstream.floats
    let ofSteps = learned.gradients(&gradient, weights: weight.floats, steps: steps)
    #expect(TorchJudge.difference(gradient, judged["learned.weight"]) == 0)
    #expect(TorchJudge.difference(ofSteps, judged["learned.step"]) < 1e-5)
    // What the plan makes of the clipped weights is what LSQ runs.
    let stored = Tensor(shape, learned.clipped(weight.floats, steps: steps))
    let made = try LayerCompressor.compress(
      layer: layer, weights: stored, setting: LayerSetting(weights: setting))
    #expect(TorchJudge.difference(made.dequantized.floats, judged["learned"]) < 1e-6)
    let clipped = zip(stored.floats, weight.floats).count { $0 != $1 }
    #expect(clipped > 0)
  }

  @Test func schemesWithoutOneStepAreNotLearned() {
    let layer = CompressibleLayer(
      name: "layer", weight: "w", nodes: [0], op: "Gemm", shape: [4, 8], outputAxis: 0,
      inputAxis: 1)
    #expect(LearnedStep(layer: layer, setting: WeightQuantization(bits: 1)) == nil)
    #expect(LearnedStep(layer: layer, setting: WeightQuantization(bits: 16)) == nil)
    #expect(
      LearnedStep(layer: layer, setting: WeightQuantization(bits: 4, scheme: .asymmetric)) == nil)
  }
}
