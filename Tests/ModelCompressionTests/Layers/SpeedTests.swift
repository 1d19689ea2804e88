import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// A layer is compressed while a key is held down.
@Suite(.serialized) struct SpeedTests {
  @Test func aLayerTakesLittleTime() throws {
    var generator = SeededGenerator(seed: 1)
    let shape = [64, 64, 3, 3]
    let layer = LayerCompressorTests.layer(shape)
    let weights = Tensor(
      shape, (0..<layer.parameters).map { _ in Float.random(in: -1...1, using: &generator) })
    let setting = LayerSetting(
      prune: PruneSetting(amount: 0.7), weights: WeightQuantization(bits: 4))
    var best = Duration.seconds(100)
    for _ in 0..<20 {
      let time = try ContinuousClock().measure {
        _ = try LayerCompressor.compress(layer: layer, weights: weights, setting: setting)
      }
      best = min(best, time)
    }
    print("37k weights: \(best)")
    #if DEBUG
    #expect(best < .milliseconds(500))
    #else
    #expect(best < .milliseconds(2))
    #endif
  }
}
