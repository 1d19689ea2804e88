extension ChannelTracer {
  typealias Handler = @Sendable (inout ChannelTracer, Int) -> Void

  /// What each operator does to channels; others are not followed.
  static let handlers: [String: Handler] = {
    var table: [String: Handler] = [
      "Conv": { $0.convolution($1) }, "ConvTranspose": { $0.transposedConvolution($1) },
      "Gemm": { $0.gemm($1) }, "MatMul": { $0.matrixProduct($1) },
      "BatchNormalization": { $0.channelNormalization($1) },
      "InstanceNormalization": { $0.channelNormalization($1) },
      "LayerNormalization": { $0.layerNormalization($1) },
      "GroupNormalization": { $0.stop($1, "group normalization over the axis") },
      "LRN": { $0.stop($1, "local response normalization over the axis") },
      "Concat": { $0.concatenation($1) }, "Split": { $0.split($1) }, "Slice": { $0.slice($1) },
      "Pad": { $0.pad($1) }, "Gather": { $0.gather($1) }, "Transpose": { $0.transpose($1) },
      "Squeeze": { $0.reshape($1) }, "Unsqueeze": { $0.reshape($1) },
      "Flatten": { $0.reshape($1) }, "Reshape": { $0.reshape($1) },
      "Expand": { $0.expand($1) }, "DepthToSpace": { $0.depthToSpace($1) },
      "Resize": { $0.resize($1) }, "Upsample": { $0.resize($1) },
      "Clip": { $0.clip($1) }, "Dropout": { $0.unary($1, keepsZero: true) },
      "Where": { $0.broadcast($1, .branches) }, "PRelu": { $0.broadcast($1, .first) },
      "Add": { $0.broadcast($1, .sum) }, "Sub": { $0.broadcast($1, .sum) },
      "Sum": { $0.broadcast($1, .sum) }, "Mean": { $0.broadcast($1, .sum) },
      "Mul": { $0.broadcast($1, .product) }, "Div": { $0.broadcast($1, .quotient) },
      "Pow": { $0.broadcast($1, .power) }, "Max": { $0.broadcast($1, .maximum) },
      "Min": { $0.broadcast($1, .minimum) }, "And": { $0.broadcast($1, .product) },
    ]
    for op in ["Softmax", "LogSoftmax", "Hardmax"] { table[op] = { $0.softmax($1) } }
    for op in [
      "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
    ] { table[op] = { $0.pool($1) } }
    for op in [
      "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd",
      "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp",
    ] { table[op] = { $0.reduction($1) } }
    for op in ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Or", "Xor", "Mod"] {
      table[op] = { $0.broadcast($1, .never) }
    }
    // f(0) = 0.
    for op in [
      "Abs", "Asin", "Asinh", "Atan", "Atanh", "Cast", "Ceil", "Celu", "Elu", "Erf", "Floor",
      "Gelu", "HardSwish", "Identity", "LeakyRelu", "Mish", "Neg", "Relu", "Round", "Selu",
      "Shrink", "Sign", "Sin", "Sinh", "Softsign", "Sqrt", "Swish", "Tan", "Tanh",
      "ThresholdedRelu",
    ] { table[op] = { $0.unary($1, keepsZero: true) } }
    for op in [
      "Acos", "Acosh", "Cos", "Cosh", "Exp", "HardSigmoid", "Log", "Not", "Reciprocal", "Sigmoid",
      "Softplus",
    ] { table[op] = { $0.unary($1, keepsZero: false) } }
    return table
  }()
}
