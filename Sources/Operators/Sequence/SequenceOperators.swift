/// The operators of the sequence family, one line each.
let sequenceOperators: [any Operator] = [
  LSTMOperator(),
  GRUOperator(),
  RNNOperator(),
  IfOperator(),
  LoopOperator(),
  ScanOperator(),
]
