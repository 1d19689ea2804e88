import NetworkGraph
import Tensors

/// The work of equalizing: ranges of the layers in pairs, and the factors found so far.
struct EqualizationWork {
  private var members: [Int: EqualizationMember] = [:]
  private let pairs: [EqualizationPairs.Pair]

  init(
    _ graph: NetworkGraph, layers: [CompressibleLayer], pairs: [EqualizationPairs.Pair]
  ) throws(EngineError) {
    self.pairs = pairs
    let producers = graph.producers()
    for index in pairs.flatMap({ [$0.first, $0.second] }) where members[index] == nil {
      let layer = layers[index]
      guard let weights = graph.constant(layer.weight, producers: producers),
        let matrix = ChannelMatrix(layer)
      else { continue }
      let magnitudes = matrix.magnitudes(weights)
      guard weights.withElements(of: Float.self, { $0.allSatisfy(\.isFinite) }) else {
        throw EngineError(
          .notFinite, subject: "layer '\(layer.name)'",
          problem: "its weights are not all finite, so that its ranges can't be equalized",
          remedy: "Remove 'equalize' from the plan, or repair the model")
      }
      members[index] = EqualizationMember(
        layer: layer, weights: weights, matrix: matrix, magnitudes: magnitudes,
        inputs: Array(repeating: 1, count: matrix.inputs),
        outputs: Array(repeating: 1, count: matrix.outputs))
    }
  }

  /// Finds the factors.
  mutating func balance(_ isCancelled: () -> Bool) throws {
    for _ in 0..<CrossLayerEqualization.sweeps {
      var largest = 0.0
      for pair in pairs {
        if isCancelled() { throw CancellationError() }
        largest = max(largest, equalize(pair))
      }
      if largest <= CrossLayerEqualization.tolerance { return }
    }
  }

  /// One step of one pair; how far the largest factor, or its inverse, is above 1.
  private mutating func equalize(_ pair: EqualizationPairs.Pair) -> Double {
    guard let first = members[pair.first], let second = members[pair.second] else { return 0 }
    let before = first.outputRanges
    // Behind a Flatten, several inputs in a row come from one channel.
    let width = second.matrix.inputs / before.count
    let ranges = second.inputRanges
    let behind = before.indices.map { ranges[($0 * width)..<(($0 + 1) * width)].max() ?? 0 }
    var largest = 0.0
    for channel in before.indices {
      // A channel of zeros has no range to equalize.
      guard before[channel] > 0, behind[channel] > 0 else { continue }
      let factor = (before[channel] / behind[channel]).squareRoot()
      let total = first.outputs[channel] * factor
      guard factor.isFinite, factor > 0, (1e-8...1e8).contains(total) else { continue }
      members[pair.first]?.outputs[channel] = total
      for input in (channel * width)..<((channel + 1) * width) {
        members[pair.second]?.inputs[input] = total
      }
      largest = max(largest, max(factor, 1 / factor) - 1)
    }
    return largest
  }

  /// Puts scaled weights and biases into a graph.
  func write(into graph: inout NetworkGraph, _ isCancelled: () -> Bool) throws {
    var names = UniqueNames(graph)
    for index in members.keys.sorted() {
      if isCancelled() { throw CancellationError() }
      guard let member = members[index], let node = member.layer.nodes.first else { continue }
      graph.replaceConstant(
        member.layer.weight,
        with: member.matrix.scaled(
          member.weights, inputFactors: member.inputs, outputDivisors: member.outputs))
      let hasBias = graph.nodes[node].inputs.count > 2 && !graph.nodes[node].inputs[2].isEmpty
      guard hasBias, member.outputs.contains(where: { $0 != 1 }) else { continue }
      guard
        let bias = graph.makeOwnBias(
          ofNode: node, channels: member.matrix.outputs, weight: member.layer.weight,
          names: &names), let values = graph.constant(bias)?.floats
      else {
        throw EngineError(
          .unsupported, subject: "layer '\(member.layer.name)'",
          problem: "its bias is not one number for each output channel",
          remedy: "Remove 'equalize' from the plan")
      }
      graph.replaceConstant(
        bias,
        with: Tensor(
          [values.count], zip(values, member.outputs).map { Float(Double($0) / $1) }))
    }
  }
}
