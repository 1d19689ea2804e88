/// The operators of the quantization family, one line each.
let quantizationOperators: [any Operator] = [
  QuantizeLinearOperator(),
  DequantizeLinearOperator(),
  DynamicQuantizeLinearOperator(),
  MatMulIntegerOperator(),
  ConvIntegerOperator(),
  QLinearConvOperator(),
  QLinearMatMulOperator(),
]
