/// The operators of the convolution family, one line each.
let convolutionOperators: [any Operator] = [
  ConvOperator(),
  ConvTransposeOperator(),
  GemmOperator(),
  MatMulOperator(),
  EinsumOperator(),
  MaxPoolOperator(),
  AveragePoolOperator(),
  LpPoolOperator(),
  GlobalMaxPoolOperator(),
  GlobalAveragePoolOperator(),
  GlobalLpPoolOperator(),
  MaxUnpoolOperator(),
]
