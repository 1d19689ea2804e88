import NetworkGraph
import Tensors

/// A convolution with the normalizations and constant additions that follow it, as one convolution
/// with other weights and another bias.
///
/// The folded constants derive from the graph's own, so that replacing the weights of the
/// convolution, or a parameter of the normalization, gives the right ones.
struct ChannelFolding: Sendable {
  /// What follows the convolution.
  enum Step: Sendable {
    case normalization(scale: String, shift: String, mean: String, variance: String, Double)
    case addition(String)
  }

  /// The nodes after the convolution, in order, each with what it does.
  let followers: [(node: Int, step: Step)]
  let weights: String
  let bias: String?
  /// The value that the last node writes.
  let output: String

  /// The name of the weights to use.
  var foldedWeights: String { scales ? "\u{0}weights:\(output)" : weights }
  /// The name of the bias to use.
  var foldedBias: String { "\u{0}bias:\(output)" }

  /// Whether the weights change: additions alone leave them.
  private var scales: Bool {
    followers.contains { if case .normalization = $0.step { true } else { false } }
  }

  /// The constants that the folded bias derives from; the folded weights are among those that derive
  /// from all of these and ``weights``.
  var parameters: [String] {
    var names = bias.map { [$0] } ?? []
    for (_, step) in followers {
      switch step {
      case .normalization(let scale, let shift, let mean, let variance, _):
        names += [scale, shift, mean, variance]
      case .addition(let name): names.append(name)
      }
    }
    return names
  }

  /// The names that folding makes.
  var names: [String] { scales ? [foldedWeights, foldedBias] : [foldedBias] }

  /// A folded constant.
  func value(_ name: String, _ read: (String) throws -> Tensor) throws -> Tensor {
    let kernel = try read(weights)
    let channels = kernel.shape.first ?? 0
    var factor = [Double](repeating: 1, count: channels)
    var offset = try bias.map { try read($0).doubles } ?? [Double](repeating: 0, count: channels)
    for (_, step) in followers {
      switch step {
      case .normalization(let scale, let shift, let mean, let variance, let epsilon):
        let (scale, shift) = (try read(scale).doubles, try read(shift).doubles)
        let (mean, variance) = (try read(mean).doubles, try read(variance).doubles)
        for channel in 0..<channels {
          let ratio = scale[channel] / (variance[channel] + epsilon).squareRoot()
          factor[channel] *= ratio
          offset[channel] = (offset[channel] - mean[channel]) * ratio + shift[channel]
        }
      case .addition(let name):
        let added = try read(name).doubles
        for channel in 0..<channels { offset[channel] += added[channel] }
      }
    }
    if name == foldedBias { return Tensor([channels], offset.map { Float($0) }) }
    return scaled(kernel, by: factor)
  }

  private func scaled(_ kernel: Tensor, by factors: [Double]) -> Tensor {
    let length = kernel.count / max(factors.count, 1)
    return Tensor(type: .float32, shape: kernel.shape) { bytes in
      let target = bytes.bindMemory(to: Float.self)
      kernel.withElements(of: Float.self) { source in
        for (channel, factor) in factors.enumerated() {
          for index in (channel * length)..<((channel + 1) * length) {
            target[index] = Float(Double(source[index]) * factor)
          }
        }
      }
    }
  }
}

extension ChannelFolding {
  /// The convolutions of a graph that something can be folded into, by position.
  ///
  /// Whether shapes fit is known later, when those of the inputs are.
  static func find(
    in graph: NetworkGraph, isConstant: (String) -> Bool
  ) -> [Int: ChannelFolding] {
    let consumers = graph.consumers()
    let outputs = Set(graph.outputs.map(\.name))
    var found: [Int: ChannelFolding] = [:]
    for (index, node) in graph.nodes.enumerated()
    where node.op == "Conv" && node.domain.isEmpty && node.inputs.count >= 2
      && node.outputs.count == 1
      && node.inputs.dropFirst().allSatisfy({ isConstant($0) || $0.isEmpty })
    {
      var output = node.outputs[0]
      var followers: [(node: Int, step: Step)] = []
      while !outputs.contains(output), let readers = consumers[output], readers.count == 1,
        let step = step(graph.nodes[readers[0]], reading: output, isConstant)
      {
        followers.append((readers[0], step))
        output = graph.nodes[readers[0]].outputs[0]
      }
      guard !followers.isEmpty else { continue }
      let bias = node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : nil
      found[index] = ChannelFolding(
        followers: followers, weights: node.inputs[1], bias: bias, output: output)
    }
    return found
  }

  private static func step(
    _ node: Node, reading value: String, _ isConstant: (String) -> Bool
  ) -> Step? {
    guard node.domain.isEmpty else { return nil }
    switch node.op {
    case "BatchNormalization":
      guard node.inputs.count == 5, node.inputs[0] == value, (node.int("training_mode") ?? 0) == 0,
        node.outputs.dropFirst().allSatisfy({ $0.isEmpty }),
        node.inputs.dropFirst().allSatisfy(isConstant)
      else { return nil }
      return .normalization(
        scale: node.inputs[1], shift: node.inputs[2], mean: node.inputs[3],
        variance: node.inputs[4], Double(node.float("epsilon") ?? 1e-5))
    case "Add":
      guard node.inputs.count == 2, let other = node.inputs.first(where: { $0 != value }),
        isConstant(other)
      else { return nil }
      return .addition(other)
    default: return nil
    }
  }
}
