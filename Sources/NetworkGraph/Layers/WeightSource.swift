import Tensors

/// Where an operator's constant input comes from: a stored tensor, through `Identity` and
/// `Transpose` nodes.
struct WeightSource {
  /// The initializer, or the output of the `Constant` node, that holds the numbers.
  let name: String
  /// The stored numbers.
  let tensor: Tensor
  /// Axis `i` of the operator's input is axis `permutation[i]` of the stored tensor.
  let permutation: [Int]
  /// The values passed on the way, from the operator's input to the stored tensor.
  let path: [String]

  /// Follows `input` back to a constant; nil when it depends on anything else.
  init?(_ input: String, in graph: NetworkGraph, producers: [String: Int]) {
    var name = input
    var steps: [[Int]] = []
    var path: [String] = []
    while true {
      path.append(name)
      if let tensor = graph.constant(name, producers: producers) {
        var permutation = Array(tensor.shape.indices)
        for step in steps.reversed() {
          // An empty step is a Transpose without `perm`: it reverses the axes.
          let step = step.isEmpty ? Array(permutation.indices.reversed()) : step
          guard step.count == permutation.count,
            Set(step) == Set(permutation.indices)
          else { return nil }
          permutation = step.map { permutation[$0] }
        }
        self.name = name
        self.tensor = tensor
        self.permutation = permutation
        self.path = path
        return
      }
      guard let index = producers[name], path.count <= graph.nodes.count,
        graph.nodes[index].domain.isEmpty, let next = graph.nodes[index].inputs.first
      else { return nil }
      switch graph.nodes[index].op {
      case "Identity": break
      case "Transpose": steps.append(graph.nodes[index].ints("perm") ?? [])
      default: return nil
      }
      name = next
    }
  }
}
