import COneDNN
import NetworkGraph
import Tensors

/// Element-wise operators of one input, as functions that primitives know.
enum Activation {
  /// The operators that may be expressible.
  ///
  /// Not among them: `Log` and `Softplus`, which oneDNN computes with absolute errors of 1e-6 only.
  static let operators = [
    "Relu", "LeakyRelu", "Tanh", "Elu", "Selu", "Abs", "Sqrt", "Sigmoid", "Exp", "HardSwish",
    "HardSigmoid", "Clip", "Neg", "Reciprocal", "Gelu", "Mish", "Round", "Swish",
  ]

  /// The functions that a node applies one after the other; nil when it is none of these operators
  /// or its parameters are not known before running.
  static func postOps(_ node: Node, _ builder: ScheduleBuilder) throws -> [PostOp]? {
    guard node.domain.isEmpty, node.inputs.count >= 1, node.outputs.count == 1,
      builder.floatShape(node.inputs[0]) != nil, builder.floatShape(node.outputs[0]) != nil
    else { return nil }
    return switch node.op {
    case "Relu": [PostOp(function: CDNN_RELU)]
    case "LeakyRelu": [PostOp(function: CDNN_RELU, alpha: node.float("alpha") ?? 0.01)]
    case "Tanh": [PostOp(function: CDNN_TANH)]
    case "Elu": [PostOp(function: CDNN_ELU, alpha: node.float("alpha") ?? 1)]
    case "Selu": selu(node)
    case "Abs": [PostOp(function: CDNN_ABS)]
    case "Sqrt": [PostOp(function: CDNN_SQRT)]
    case "Sigmoid": [PostOp(function: CDNN_LOGISTIC)]
    case "Exp": [PostOp(function: CDNN_EXP)]
    case "HardSwish": [PostOp(function: CDNN_HARDSWISH)]
    case "HardSigmoid":
      [
        PostOp(
          function: CDNN_LINEAR, alpha: node.float("alpha") ?? 0.2, beta: node.float("beta") ?? 0.5),
        PostOp(function: CDNN_CLIP, alpha: 0, beta: 1),
      ]
    case "Clip": try clip(node, builder)
    case "Neg": [PostOp(function: CDNN_LINEAR, alpha: -1, beta: 0)]
    case "Reciprocal": [PostOp(function: CDNN_POW, alpha: 1, beta: -1)]
    case "Gelu":
      [PostOp(function: node.string("approximate") == "tanh" ? CDNN_GELU_TANH : CDNN_GELU_ERF)]
    case "Swish": [PostOp(function: CDNN_SWISH, alpha: node.float("alpha") ?? 1)]
    case "Mish": [PostOp(function: CDNN_MISH)]
    case "Round": [PostOp(function: CDNN_ROUND)]
    default: nil
    }
  }

  private static func selu(_ node: Node) -> [PostOp] {
    [
      PostOp(function: CDNN_ELU, alpha: node.float("alpha") ?? 1.673_263_2),
      PostOp(function: CDNN_LINEAR, alpha: node.float("gamma") ?? 1.050_701, beta: 0),
    ]
  }

  /// Bounds come as attributes before opset 11, as inputs since.
  private static func clip(_ node: Node, _ builder: ScheduleBuilder) throws -> [PostOp]? {
    var low = node.float("min") ?? -Float.infinity
    var high = node.float("max") ?? Float.infinity
    if node.inputs.count > 1, !node.inputs[1].isEmpty {
      guard let value = try builder.bakedConstant(node.inputs[1])?.floats.first else { return nil }
      low = value
    }
    if node.inputs.count > 2, !node.inputs[2].isEmpty {
      guard let value = try builder.bakedConstant(node.inputs[2])?.floats.first else { return nil }
      high = value
    }
    guard low <= high else { return nil }
    return [PostOp(function: CDNN_CLIP, alpha: low, beta: high)]
  }
}

/// Lowers an element-wise operator: in whatever layout its input is.
@Sendable
func lowerActivation(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let ops = try Activation.postOps(request.node, builder) else { return false }
  try emitFunctions(ops, from: request.input(0), to: request.output, builder)
  return true
}

/// Applies functions one after the other as steps of their own.
func emitFunctions(
  _ ops: [PostOp], from input: String, to output: String, _ builder: ScheduleBuilder
) throws {
  guard let shape = builder.floatShape(input) else { return }
  var current = input
  for (index, op) in ops.enumerated() {
    let target = index == ops.count - 1 ? output : builder.temporaryName()
    let layout = try builder.layout(of: current)
    let primitive = try Primitive {
      cdnn_eltwise(&$0, Int32(op.function), layout.handle, op.alpha, op.beta)
    }
    let source = try builder.source(current, as: layout)
    try builder.emit(
      primitive, [.init(argument: CDNN_ARG_SRC, source: source, layout: layout)], to: target,
      shape: shape, overwriting: true)
    current = target
  }
}
