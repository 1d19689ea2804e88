import Evaluation
import Foundation
import ModelCompression
import NetworkGraph
import Tensors
import WorkbenchCore

/// A ResNet-20 for CIFAR-10 in shape, with seeded weights in place of trained ones.
enum SampleModel {
  static let layers: [ModelSummary.Layer] = {
    var result: [ModelSummary.Layer] = []
    func add(_ name: String, _ shape: [Int], op: String = "Conv", side: Int) {
      let kernel = shape.dropFirst(2).reduce(1, *)
      let multiplyAdds = shape[0] * shape[1] * kernel * side * side
      result.append(
        ModelSummary.Layer(
          layer: CompressibleLayer(
            name: name, weight: "\(name).weight", nodes: [result.count], op: op, shape: shape,
            outputAxis: 0, inputAxis: 1),
          multiplyAdds: multiplyAdds))
    }
    add("conv1", [16, 3, 3, 3], side: 32)
    for (stage, width) in [16, 32, 64].enumerated() {
      for block in 0..<3 {
        let entry = stage > 0 && block == 0 ? width / 2 : width
        let side = 32 >> stage
        add("layer\(stage + 1).\(block).conv1", [width, entry, 3, 3], side: side)
        add("layer\(stage + 1).\(block).conv2", [width, width, 3, 3], side: side)
      }
    }
    add("linear", [10, 64], op: "Gemm", side: 1)
    return result
  }()

  static let summary = ModelSummary(
    path: "models/resnet20.onnx", name: "resnet20.onnx", fileBytes: 1_091_558, layers: layers,
    unsupported: [], hasGraph: true, foldedBatchNorms: 19)

  static let data = DataSummary(name: "cifar10_test1000.yaml", count: 1000, hasLabels: true)

  /// The weights of each layer by name; made once.
  static let weights: [String: [Float]] = Dictionary(
    uniqueKeysWithValues: layers.map { ($0.layer.name, bellShaped($0.layer)) })

  /// Bell-shaped weights, the same at every run.
  private static func bellShaped(_ layer: CompressibleLayer) -> [Float] {
    var state = UInt64(layer.name.utf8.reduce(7) { ($0 &* 31) &+ UInt64($1) })
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31)
    }
    let fan = layer.shape.dropFirst().reduce(1, *)
    let spread = (2 / Double(fan)).squareRoot()
    // Channels differ in size, as those of trained networks do.
    let channels = (0..<layer.shape[0]).map { _ in 0.4 + 1.2 * uniform() }
    return (0..<layer.parameters).map { index in
      let sum = (0..<12).reduce(-6.0) { total, _ in total + uniform() }
      return Float(sum * spread * channels[index / fan])
    }
  }

  /// Pruned by magnitude and rounded per channel.
  static func report(_ layer: CompressibleLayer, _ setting: LayerSetting) -> LayerReport {
    let before = weights[layer.name] ?? []
    var after = before
    var cutOff: Float?
    if let amount = setting.prune?.amount, amount > 0 {
      let count = Int((amount * Double(before.count)).rounded())
      let sorted = before.map(abs).sorted()
      let limit = sorted[max(0, min(count, sorted.count) - 1)]
      cutOff = limit
      after = after.map { abs($0) <= limit ? 0 : $0 }
    }
    var levels: [Float] = []
    if let weights = setting.weights {
      let perScale =
        weights.granularity == .tensor ? before.count : before.count / layer.shape[0]
      let steps = Float((1 << (weights.bits - 1)) - 1)
      for start in stride(from: 0, to: before.count, by: perScale) {
        let range = start..<min(before.count, start + perScale)
        let scale = (after[range].map(abs).max() ?? 0) / steps
        for index in range where scale > 0 {
          after[index] = (after[index] / scale).rounded(.toNearestOrEven) * scale
        }
        if weights.granularity == .tensor, weights.bits <= 4 {
          levels = stride(from: -steps, through: steps, by: 1).map { $0 * scale }
        }
      }
    }
    let zeros = after.count { $0 == 0 }
    let noise = zip(before, after).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let signal = before.reduce(0.0) { $0 + Double($1 * $1) }
    return LayerReport(
      name: layer.name, setting: setting, sparsity: Double(zeros) / Double(after.count),
      storedBytes: size(layer, setting).storedBytes, originalBytes: before.count * 4,
      sqnr: noise == 0 ? .infinity : 10 * log10(signal / noise),
      before: Tensor(layer.shape, before), after: Tensor(layer.shape, after), cutOff: cutOff,
      levels: levels)
  }

  static func size(_ layer: CompressibleLayer, _ setting: LayerSetting) -> LayerSize {
    let bits = setting.weights?.bits ?? 32
    let kept = 1 - (setting.prune?.amount ?? 0)
    let dense = layer.parameters * bits / 8
    let sparse = layer.parameters / 8 + Int(Double(layer.parameters * bits) * kept) / 8
    let scales = setting.weights == nil ? 0 : layer.shape[0] * 4
    return LayerSize(
      storedBytes: min(dense, sparse) + scales, sparsity: setting.prune?.amount ?? 0)
  }

  static func sizes(_ settings: [LayerSetting]) -> (SizeSummary, [LayerSize]) {
    let sizes = zip(layers, settings).map { size($0.layer, $1) }
    let weights = layers.reduce(0) { $0 + $1.layer.parameters }
    let stored = sizes.reduce(summary.fileBytes - weights * 4) { $0 + $1.storedBytes }
    let zeros = zip(layers, sizes).reduce(0.0) {
      $0 + Double($1.0.layer.parameters) * ($1.1.sparsity ?? 0)
    }
    let adds = layers.reduce(0) { $0 + ($1.multiplyAdds ?? 0) }
    let kept = zip(layers, sizes).reduce(0.0) {
      $0 + Double($1.0.multiplyAdds ?? 0) * (1 - ($1.1.sparsity ?? 0))
    }
    return (
      SizeSummary(
        originalFile: summary.fileBytes, originalWeights: weights * 4, packedWeights: weights * 4,
        stored: stored,
        formats: [
          "onnx": summary.fileBytes - 8424, "onnx-qdq": stored * 2 + 21_006,
          "safetensors": stored + 3192,
        ], sparsity: zeros / Double(weights), multiplyAdds: adds, nonzeroMultiplyAdds: Int(kept)),
      sizes
    )
  }

  /// Metrics that get worse as the model gets smaller.
  static func metrics(_ stored: Int, images: Int) -> PreviewMetrics {
    let loss = max(0, 0.4 - Double(stored) / Double(summary.fileBytes)) * 0.06
    let correct = Int(0.915 * Double(images))
    let kept = Int((0.915 - loss) * Double(images))
    let better = 12 * images / 1000
    return PreviewMetrics(
      images: images, total: 1000,
      baseline: .init(
        correct: correct, top1: Double(correct) / Double(images), top5: 0.998, loss: 0.281),
      plan: .init(
        correct: kept, top1: Double(kept) / Double(images), top5: 0.997, loss: 0.281 + loss * 2),
      delta: .init(
        top1: Double(kept - correct) / Double(images),
        interval95: (Double(kept - correct) / Double(images) - 0.007)...(Double(kept - correct)
          / Double(images) + 0.007), p: 0.031, better: better, worse: better + correct - kept),
      agreement: 0.968, divergence: 0.0121, cosine: 0.9981, sqnr: 24.13, seconds: 0.61)
  }
}
