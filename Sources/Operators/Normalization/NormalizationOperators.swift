/// The operators of the normalization family, one line each.
let normalizationOperators: [any Operator] = [
  BatchNormalizationOperator(),
  LayerNormalizationOperator(),
  RMSNormalizationOperator(),
  InstanceNormalizationOperator(),
  GroupNormalizationOperator(),
  LpNormalizationOperator(),
  LRNOperator(),
  MeanVarianceNormalizationOperator(),
]
