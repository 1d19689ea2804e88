import OrderedCollections
import Tensors

extension NetworkGraph {
  /// The constant weights that can be pruned and quantized, in graph order.
  ///
  /// These are the float32 weights of `Conv`, `ConvTranspose`, `Gemm` and `MatMul`, and the tables of
  /// `Gather` embeddings. A weight may be an initializer (also one that is listed as an input) or
  /// the output of a `Constant` node, directly or through `Identity` and `Transpose`; a weight that
  /// several nodes share is one layer. Output axes: Conv 0, ConvTranspose 1, Gemm 0 with `transB`
  /// and 1 without, MatMul last, Gather 0 (a row is an embedding).
  ///
  /// - Complexity: O(nodes + values).
  public func compressibleLayers() -> [CompressibleLayer] {
    let producers = self.producers()
    var found: OrderedDictionary<String, FoundWeight> = [:]
    for (index, node) in nodes.enumerated() where node.domain.isEmpty {
      guard let weight = weight(of: node, producers: producers) else { continue }
      if found[weight.source.name] != nil {
        found[weight.source.name]?.nodes.append(index)
      } else {
        var first = weight
        first.nodes = [index]
        found[weight.source.name] = first
      }
    }
    var names = LayerNames()
    return found.values.map { weight in
      let node = nodes[weight.nodes[0]]
      return CompressibleLayer(
        name: names.add(weight: weight.source.name, node: node.name, op: node.op),
        weight: weight.source.name, nodes: weight.nodes, op: node.op,
        shape: weight.source.tensor.shape,
        outputAxis: weight.source.permutation[weight.outputAxis],
        inputAxis: weight.source.permutation[weight.inputAxis], group: weight.group)
    }
  }

  /// A weight with the axes as its operator sees them.
  private struct FoundWeight {
    let source: WeightSource
    let outputAxis: Int
    let inputAxis: Int
    let group: Int
    var nodes: [Int] = []
  }

  private func weight(of node: Node, producers: [String: Int]) -> FoundWeight? {
    func source(_ slot: Int) -> WeightSource? {
      guard node.inputs.count > slot, !node.inputs[slot].isEmpty,
        let source = WeightSource(node.inputs[slot], in: self, producers: producers),
        source.tensor.type == .float32, source.tensor.count > 0
      else { return nil }
      return source
    }
    switch node.op {
    case "Conv", "ConvTranspose":
      guard let source = source(1), source.tensor.rank >= 3 else { return nil }
      let transposed = node.op == "ConvTranspose"
      return FoundWeight(
        source: source, outputAxis: transposed ? 1 : 0, inputAxis: transposed ? 0 : 1,
        group: max(node.int("group") ?? 1, 1))
    case "Gemm":
      guard let source = source(1), source.tensor.rank == 2 else { return nil }
      let transposed = (node.int("transB") ?? 0) != 0
      return FoundWeight(
        source: source, outputAxis: transposed ? 0 : 1, inputAxis: transposed ? 1 : 0, group: 1)
    case "MatMul":
      if let source = source(1) {
        let rank = source.tensor.rank
        guard rank >= 2 else { return nil }
        return FoundWeight(source: source, outputAxis: rank - 1, inputAxis: rank - 2, group: 1)
      }
      // A constant on the left multiplies from the other side: its rows are the outputs.
      guard let source = source(0), source.tensor.rank == 2 else { return nil }
      return FoundWeight(source: source, outputAxis: 0, inputAxis: 1, group: 1)
    case "Gather":
      guard let source = source(0), source.tensor.rank == 2, node.int("axis") ?? 0 == 0,
        node.inputs.count > 1, constant(node.inputs[1], producers: producers) == nil
      else { return nil }
      return FoundWeight(source: source, outputAxis: 0, inputAxis: 1, group: 1)
    default: return nil
    }
  }
}
