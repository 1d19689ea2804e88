import Execution
import NetworkGraph
import OrderedCollections
import Tensors

/// One node as a graph of its own, run by ``FastExecutor``.
struct FastNode: Sendable {
  /// Operators whose reference kernels take long.
  private static let operators: Set<String> = [
    "Add", "AveragePool", "Clip", "ConvTranspose", "Div", "Elu", "Erf", "Exp", "Gelu", "Gemm",
    "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish", "LayerNormalization",
    "LeakyRelu", "Log", "LogSoftmax", "MatMul", "MaxPool", "Mish", "Mul", "PRelu", "Pow",
    "ReduceMean", "ReduceSum", "Resize", "Sigmoid", "Softmax", "Softplus", "Sqrt", "Sub", "Tanh",
  ]

  private let executor: FastExecutor
  /// For each input whether it is given with each run.
  private let isGiven: [Bool]
  private let names: [String]

  /// - Returns: Nil for nodes that are better run otherwise.
  init?(
    _ node: Node, graph: NetworkGraph, constants: [String: Tensor], flow: GradientFlow
  ) {
    guard node.domain.isEmpty, Self.operators.contains(node.op), node.subgraphs.isEmpty,
      node.outputs.count == 1
    else { return nil }
    let names = node.inputs
    let isGiven = names.map { name in
      !name.isEmpty && (constants[name] == nil || flow.depending.contains(name))
    }
    var own = node
    own.inputs = names.indices.map { names[$0].isEmpty ? "" : "\($0)" }
    own.outputs = ["result"]
    var single = NetworkGraph(
      opsets: graph.opsets, nodes: [own],
      outputs: [ValueInfo(name: "result", type: nil, shape: nil)])
    for index in names.indices where !names[index].isEmpty {
      if isGiven[index] {
        single.inputs.append(ValueInfo(name: "\(index)", type: .float32, shape: nil))
      } else {
        single.initializers["\(index)"] = constants[names[index]]
      }
    }
    // Weights change with every step: nothing is gained by keeping them prepared.
    var options = FastExecutor.Options()
    options.preparedByteLimit = 1 << 16
    guard isGiven.contains(true), let made = try? FastExecutor(graph: single, options: options)
    else { return nil }
    executor = made
    self.names = names
    self.isGiven = isGiven
  }

  /// The results; nil where the inputs are no floats.
  func run(_ inputs: [Tensor?], _ tape: Tape) throws(EngineError) -> [Tensor]? {
    var given: [String: Tensor] = [:]
    var weights: [String: Tensor] = [:]
    for (index, tensor) in inputs.enumerated() {
      guard let tensor else { continue }
      if isGiven[index] {
        guard tensor.type == .float32 else { return nil }
        given["\(index)"] = tensor
      } else if let replacement = tape.replacement(names[index]) {
        weights["\(index)"] = replacement
      }
    }
    do {
      let run = try executor.run(inputs: given, weights: weights, options: RunOptions())
      return run.outputs["result"].map { [$0] }
    } catch let error as EngineError {
      throw error
    } catch {
      throw EngineError(.unsupported, problem: "\(error)", remedy: "Freeze this layer")
    }
  }
}
