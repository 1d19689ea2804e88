import NetworkGraph

/// Turns nodes into steps: oneDNN primitives where they fit, reference kernels otherwise.
struct Lowering {
  /// Adds the steps of a node; false when no primitive fits it.
  typealias Rule = @Sendable (ScheduleBuilder, LoweringRequest) throws -> Bool

  private static let rules: [String: Rule] = {
    var rules: [String: Rule] = [
      "Conv": lowerConvolution, "ConvTranspose": lowerDeconvolution, "Gemm": lowerGemm,
      "MatMul": lowerMatMul, "MaxPool": lowerPooling, "AveragePool": lowerPooling,
      "GlobalAveragePool": lowerGlobalPooling, "GlobalMaxPool": lowerGlobalPooling,
      "BatchNormalization": lowerBatchNormalization,
      "LayerNormalization": lowerLayerNormalization, "Softmax": lowerSoftmax,
      "LogSoftmax": lowerSoftmax, "Concat": lowerConcat, "LRN": lowerLRN, "PRelu": lowerPRelu,
      "Resize": lowerResize, "Upsample": lowerResize, "Transpose": lowerTranspose,
      "Slice": lowerSlice, "Split": lowerSplit, "Pad": lowerPad,
      "QuantizeLinear": lowerRounding, "DynamicQuantizeLinear": lowerRounding,
    ]
    for op in ["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum"] { rules[op] = lowerBinary }
    for op in ["ReduceMean", "ReduceSum"] { rules[op] = lowerReduction }
    for op in ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Cast"] {
      rules[op] = lowerView
    }
    for op in Activation.operators { rules[op] = lowerActivation }
    return rules
  }()

  let builder: ScheduleBuilder

  /// Lowers a chain of fused nodes; where no primitive does it all, the longest part that one does,
  /// and the other nodes one by one.
  func lower(_ chain: FusedChain) throws {
    let before = builder.snapshot
    if !chain.operands.isEmpty {
      for part in [chain] + chain.shorter {
        if try attempt(request(part)) {
          try lowerRest(of: chain, after: part)
          return
        }
        builder.restore(before)
      }
      for index in chain.nodes { try lower(builder.graph.nodes[index]) }
      return
    }
    for part in [chain] + chain.shorter where part.nodes.count > 1 {
      if try attempt(request(part)) {
        try lowerRest(of: chain, after: part)
        return
      }
      builder.restore(before)
    }
    try lowerRest(of: chain, after: nil)
  }

  private func request(_ chain: FusedChain) -> LoweringRequest {
    LoweringRequest(
      node: chain.anchor, opset: builder.interpreter.opset(of: chain.anchor),
      output: chain.output, operands: chain.operands, resultOrder: chain.resultOrder,
      folding: chain.folding, bias: chain.bias, residual: chain.residual?.name,
      postOps: chain.postOps)
  }

  /// Lowers the nodes of a chain that a part of it leaves: a sum with its activation, or one by one.
  private func lowerRest(of chain: FusedChain, after part: FusedChain?) throws {
    var rest = chain.nodes.filter { part?.nodes.contains($0) != true }
    if let sum = chain.residual?.node, let index = rest.firstIndex(of: sum) {
      for node in rest[..<index] { try lower(builder.graph.nodes[node]) }
      rest.removeSubrange(..<index)
      let anchor = builder.graph.nodes[sum]
      let before = builder.snapshot
      let request = LoweringRequest(
        node: anchor, opset: builder.interpreter.opset(of: anchor), output: chain.output,
        postOps: chain.postOps)
      if try rest.count > 1 && attempt(request) { return }
      builder.restore(before)
    }
    for index in rest { try lower(builder.graph.nodes[index]) }
  }

  /// Lowers one node.
  private func lower(_ node: Node) throws {
    let before = builder.snapshot
    let request = LoweringRequest(
      node: node, opset: builder.interpreter.opset(of: node), output: node.outputs.first ?? "")
    if try attempt(request) { return }
    builder.restore(before)
    try builder.emitReference(node)
  }

  private func attempt(_ request: LoweringRequest) throws -> Bool {
    guard request.node.domain.isEmpty, let rule = Lowering.rules[request.node.op] else {
      return false
    }
    if runsInBFloat16(request) {
      let before = builder.snapshot
      builder.format = .bfloat16
      defer { builder.format = .float32 }
      if try apply(rule, request) { return true }
      builder.restore(before)
    }
    return try apply(rule, request)
  }

  private func apply(_ rule: Rule, _ request: LoweringRequest) throws -> Bool {
    do {
      return try rule(builder, request)
    } catch is OneDNNError {
      // oneDNN has no such primitive: the reference kernel has.
      return false
    }
  }

  /// Whether to try the rule in bf16: products start it, and what reads their results follows.
  ///
  /// What does not depend on a product stays exact, such as the arithmetic of attention masks.
  private func runsInBFloat16(_ request: LoweringRequest) -> Bool {
    guard builder.options.precision == .bfloat16 else { return false }
    if Lowering.products.contains(request.node.op) { return true }
    return Lowering.followers.contains(request.node.op)
      && request.node.inputs.contains { builder.isBFloat16($0) }
  }

  private static let products: Set<String> = ["Conv", "ConvTranspose", "Gemm", "MatMul"]

  private static let followers: Set<String> = Set(Activation.operators).union([
    "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization",
    "LayerNormalization", "Softmax", "Concat", "PRelu", "Resize", "Upsample", "Transpose", "Slice",
    "Split", "Pad", "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum",
  ])
}
