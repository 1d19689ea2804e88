/// The operators of the reduction family, one line each.
let reductionOperators: [any Operator] = [
  ArgMaxOperator(),
  ArgMinOperator(),
  CumSumOperator(),
  ReduceL1Operator(),
  ReduceL2Operator(),
  ReduceLogSumOperator(),
  ReduceLogSumExpOperator(),
  ReduceMaxOperator(),
  ReduceMeanOperator(),
  ReduceMinOperator(),
  ReduceProdOperator(),
  ReduceSumOperator(),
  ReduceSumSquareOperator(),
  TopKOperator(),
]
