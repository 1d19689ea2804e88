import Tensors

extension NetworkGraph {
  /// Folds every `BatchNormalization` that directly follows a `Conv`, `ConvTranspose` or `Gemm` into
  /// its weight and bias.
  ///
  /// Each output channel's weights are multiplied by gamma / sqrt(variance + epsilon) and the bias
  /// becomes (bias - mean) x that factor + beta: computed in double precision, stored as float32. The
  /// result keeps the names of weight, bias and of the batch normalization's output; a weight that
  /// other nodes share is copied under a new name. A batch normalization in training mode, with
  /// statistics that are not constant, or behind a value that others read too, stays.
  ///
  /// - Returns: How many were folded.
  /// - Complexity: O(nodes + weights).
  @discardableResult
  public mutating func foldBatchNormalization() -> Int {
    var folding = BatchNormalizationFolding(self)
    for index in nodes.indices where nodes[index].op == "BatchNormalization" {
      folding.fold(index)
    }
    self = folding.finished()
    return folding.count
  }
}

/// The work of folding: a graph with bookkeeping of who reads what.
private struct BatchNormalizationFolding {
  private var graph: NetworkGraph
  private var producers: [String: Int]
  private var consumers: [String: [Int]]
  private var names: UniqueNames
  private let outputs: Set<String>
  private var removed: Set<Int> = []
  private var unused: Set<String> = []
  private(set) var count = 0

  init(_ graph: NetworkGraph) {
    self.graph = graph
    producers = graph.producers()
    consumers = graph.consumers()
    names = UniqueNames(graph)
    outputs = Set(graph.outputs.map(\.name))
  }

  /// The graph without the folded nodes and without constants that only they read.
  func finished() -> NetworkGraph {
    guard count > 0 else { return graph }
    var result = graph
    result.nodes = graph.nodes.indices.filter { !removed.contains($0) }.map { graph.nodes[$0] }
    result.removeConstants(unusedAmong: unused)
    return result
  }

  /// The statistics of a batch normalization as a factor and an offset of each channel.
  private struct Affine {
    let factor: [Double]
    let mean: [Double]
    let beta: [Double]

    init?(_ node: Node, constant: (String) -> Tensor?) {
      guard node.inputs.count >= 5,
        let gamma = constant(node.inputs[1])?.doubles, let beta = constant(node.inputs[2])?.doubles,
        let mean = constant(node.inputs[3])?.doubles,
        let variance = constant(node.inputs[4])?.doubles,
        gamma.count == beta.count, gamma.count == mean.count, gamma.count == variance.count
      else { return nil }
      let epsilon = Double(node.float("epsilon") ?? 1e-5)
      factor = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
      guard factor.allSatisfy(\.isFinite) else { return nil }
      self.mean = mean
      self.beta = beta
    }

    /// The bias after normalization of channel `index`.
    func bias(_ index: Int, from old: Double) -> Float {
      Float((old - mean[index]) * factor[index] + beta[index])
    }
  }

  mutating func fold(_ index: Int) {
    let node = graph.nodes[index]
    guard node.domain.isEmpty, node.int("training_mode") ?? 0 == 0, node.int("spatial") ?? 1 != 0,
      let input = node.inputs.first, let output = node.outputs.first, !output.isEmpty,
      node.outputs.dropFirst().allSatisfy({ $0.isEmpty || consumers[$0] == nil }),
      consumers[input] == [index], !outputs.contains(input), let before = producers[input],
      graph.nodes[before].domain.isEmpty, graph.nodes[before].outputs == [input],
      let affine = Affine(node, constant: { graph.constant($0, producers: producers) }),
      apply(affine, to: before)
    else { return }
    graph.nodes[before].outputs = [output]
    graph.valueInfos.removeAll { $0.name == input }
    producers[output] = before
    unused.formUnion(node.inputs.dropFirst())
    removed.insert(index)
    for name in node.inputs { consumers[name]?.removeAll { $0 == index } }
    count += 1
  }

  /// Changes weight and bias of the node at `index`; false, with nothing changed, when it can't.
  private mutating func apply(_ affine: Affine, to index: Int) -> Bool {
    let node = graph.nodes[index]
    guard ["Conv", "ConvTranspose", "Gemm"].contains(node.op), node.inputs.count >= 2,
      let source = WeightSource(node.inputs[1], in: graph, producers: producers),
      source.tensor.type == .float32
    else { return false }
    let isShared = source.path.contains {
      (consumers[$0] ?? []).count != 1 || outputs.contains($0)
    }
    // Through a Transpose the stored weight is scaled in place: it has to be this node's alone.
    guard !isShared || source.path.count == 1 else { return false }
    guard let weight = scaled(source, by: affine, for: node),
      let bias = bias(of: node, affine: affine)
    else { return false }
    if isShared {
      let name = names.fresh(source.name)
      graph.initializers[name] = weight
      consumers[source.name]?.removeAll { $0 == index }
      consumers[name] = [index]
      graph.nodes[index].inputs[1] = name
      unused.insert(source.name)
    } else {
      graph.replaceConstant(source.name, with: weight)
    }
    setBias(bias, of: index, weight: graph.nodes[index].inputs[1])
    return true
  }

  /// The stored weight with each output channel multiplied by its factor.
  private func scaled(_ source: WeightSource, by affine: Affine, for node: Node) -> Tensor? {
    let shape = source.tensor.shape
    let rank = shape.count
    let group = max(node.int("group") ?? 1, 1)
    let axes: (output: Int, input: Int)
    switch node.op {
    case "Conv":
      guard rank >= 3 else { return nil }
      axes = (0, 1)
    case "ConvTranspose":
      guard rank >= 3, shape[source.permutation[0]] % group == 0 else { return nil }
      axes = (1, 0)
    default:
      guard rank == 2 else { return nil }
      axes = (node.int("transB") ?? 0) != 0 ? (0, 1) : (1, 0)
    }
    let output = source.permutation[axes.output]
    let input = source.permutation[axes.input]
    // Only a transposed convolution has its groups along the input axis.
    let groups = node.op == "ConvTranspose" ? group : 1
    guard shape[output] * groups == affine.factor.count else { return nil }
    let strides = Self.strides(shape)
    let places = (
      output: (stride: strides[output], length: shape[output]),
      input: (stride: strides[input], length: shape[input], perGroup: max(shape[input] / groups, 1))
    )
    let (weights, factor) = (source.tensor, affine.factor)
    // Made when first looked at: opening a model reads none of its weights.
    let storage = TensorStorage(onDemand: weights.byteCount) { bytes in
      let result = bytes.bindMemory(to: Float.self)
      weights.forEachBlock { block, first in
        var index = 0
        while index < block.count {
          // One factor for all weights up to the next multiple of the output axis' stride.
          let flat = first + index
          var channel = flat / places.output.stride % places.output.length
          if groups > 1 {
            let group = flat / places.input.stride % places.input.length / places.input.perGroup
            channel += group * places.output.length
          }
          // Where the output axis lies outside the input axis, that one changes faster.
          let step =
            groups > 1 ? min(places.output.stride, places.input.stride) : places.output.stride
          let end = min(index + step - flat % step, block.count)
          for place in index..<end {
            result[first + place] = Float(Double(block[place]) * factor[channel])
          }
          index = end
        }
      }
    }
    return Tensor(type: .float32, shape: shape, storage: storage)
  }

  private static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// The new bias; nil when the old one is no constant of one number per channel.
  private func bias(of node: Node, affine: Affine) -> Tensor? {
    let channels = affine.factor.count
    var old = [Double](repeating: 0, count: channels)
    if node.inputs.count > 2, !node.inputs[2].isEmpty {
      guard let tensor = graph.constant(node.inputs[2], producers: producers),
        tensor.type == .float32
      else { return nil }
      let scale = node.op == "Gemm" ? Double(node.float("beta") ?? 1) : 1
      let values = tensor.doubles
      if values.count == channels, tensor.shape.last == channels {
        old = values.map { $0 * scale }
      } else if node.op == "Gemm", let value = values.first, values.count == 1 {
        old = [Double](repeating: value * scale, count: channels)
      } else {
        return nil
      }
    }
    return Tensor([channels], old.enumerated().map { affine.bias($0.offset, from: $0.element) })
  }

  private mutating func setBias(_ bias: Tensor, of index: Int, weight: String) {
    let node = graph.nodes[index]
    // The new bias has the old one's factor inside.
    if node.op == "Gemm" { graph.nodes[index].attributes.removeValue(forKey: "beta") }
    if node.inputs.count > 2, !node.inputs[2].isEmpty {
      let old = node.inputs[2]
      if consumers[old]?.count == 1, !outputs.contains(old) {
        graph.replaceConstant(old, with: bias)
        return
      }
      consumers[old]?.removeAll { $0 == index }
      unused.insert(old)
    }
    let base = weight.hasSuffix(".weight") ? weight.dropLast(6) + "bias" : weight + "_bias"
    let name = names.fresh(String(base))
    graph.initializers[name] = bias
    consumers[name] = [index]
    if node.inputs.count > 2 {
      graph.nodes[index].inputs[2] = name
    } else {
      graph.nodes[index].inputs.append(name)
    }
  }
}
