/// The operators of the indexing family, one line each.
let indexingOperators: [any Operator] = [
  GatherElementsOperator(),
  GatherNDOperator(),
  GatherOperator(),
  NonMaxSuppressionOperator(),
  NonZeroOperator(),
  OneHotOperator(),
  ScatterElementsOperator(),
  ScatterElementsOperator(name: "Scatter"),
  ScatterNDOperator(),
]
