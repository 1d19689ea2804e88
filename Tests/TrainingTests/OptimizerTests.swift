import Foundation
import Tensors
import TestSupport
import Testing
import Training

/// Optimizers against PyTorch's, and schedules against their formulas.
@Suite struct OptimizerTests {
  @Test(.enabled(if: TorchJudge.isAvailable, "PyTorch is not installed"))
  func optimizersEqualTorch() throws {
    let count = 257
    let steps = 25
    let weights = TorchJudge.normal([count], seed: 1, scale: 0.1)
    let gradients = TorchJudge.normal([steps, count], seed: 2, scale: 0.01)
    let schedule = LearningRateSchedule(peak: 0.02, warmUp: 0.2, steps: steps)
    let rates = (0..<steps).map { schedule.rate(at: $0) }
    let judged = try TorchJudge.judge([
      "weights": weights, "gradients": gradients, "rates": Tensor([steps], rates),
    ])
    let cases: [(String, any Optimizer, Double)] = [
      ("sgd", MomentumSGD(momentum: 0.9), 0), ("sgd-decay", MomentumSGD(momentum: 0.9), 0.01),
      ("adamw", AdamW(), 0), ("adamw-decay", AdamW(), 0.01),
    ]
    for (name, optimizer, decay) in cases {
      var values = weights.floats
      var slots = [[Float]](
        repeating: [Float](repeating: 0, count: count), count: optimizer.slotCount)
      let all = gradients.floats
      for step in 0..<steps {
        optimizer.update(
          &values, gradient: Array(all[(step * count)..<((step + 1) * count)]), slots: &slots,
          step: step + 1, learningRate: rates[step], weightDecay: decay)
      }
      #expect(values != weights.floats)
      #expect(TorchJudge.difference(values, judged[name]) < 2e-6, "\(name)")
    }
  }

  @Test func rateRisesThenFallsAlongACosine() {
    let schedule = LearningRateSchedule(peak: 0.5, warmUp: 0.25, steps: 40)
    #expect(schedule.warmUpSteps == 10)
    #expect(schedule.rate(at: 0) == 0.05)
    #expect(schedule.rate(at: 9) == 0.5)
    #expect(schedule.rate(at: 10) == 0.5)
    for step in 10..<40 {
      let wanted = 0.25 * (1 + cos(Double.pi * Double(step - 10) / 30))
      #expect(abs(schedule.rate(at: step) - wanted) < 1e-12)
    }
    #expect(LearningRateSchedule(peak: 1, warmUp: 0, steps: 0).rate(at: 0) == 1)
  }

  @Test func pruningRisesAsACubic() {
    let schedule = PruningSchedule(share: 0.5, steps: 200)
    #expect(schedule.end == 100)
    #expect(schedule.share(at: 0) == 0)
    #expect(abs(schedule.share(at: 50) - (1 - 0.125)) < 1e-12)
    #expect(schedule.share(at: 100) == 1)
    #expect(schedule.share(at: 150) == 1)
    #expect(schedule.changes(at: 100))
    #expect(!schedule.changes(at: 101))
    #expect((0...100).count(where: { schedule.changes(at: $0) }) == 51)
    let atOnce = PruningSchedule(share: 0, steps: 200)
    #expect(atOnce.share(at: 0) == 1 && !atOnce.changes(at: 0))
  }
}
