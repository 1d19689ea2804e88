import NetworkGraph

extension GraphCosts? {
  /// The outputs of the graph that was counted for one sample; without shapes where they were not found,
  /// or where samples can't be told apart.
  func outputs(of graph: NetworkGraph) -> [MeasureContext.Output] {
    graph.outputs.map { output in
      let fact = self?.outputFacts[output.name]
      let shape = fact?.shape.flatMap { $0.first == 1 ? Array($0.dropFirst()) : nil }
      return MeasureContext.Output(
        name: output.name, type: fact?.type ?? output.type, shape: shape)
    }
  }
}
