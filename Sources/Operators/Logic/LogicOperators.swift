/// The operators of the logic family, one line each.
let logicOperators: [any Operator] = [
  AndOperator(),
  BitwiseAndOperator(),
  BitwiseNotOperator(),
  BitwiseOrOperator(),
  BitwiseXorOperator(),
  EqualOperator(),
  GreaterOperator(),
  GreaterOrEqualOperator(),
  IsInfOperator(),
  IsNaNOperator(),
  LessOperator(),
  LessOrEqualOperator(),
  NotOperator(),
  OrOperator(),
  WhereOperator(),
  XorOperator(),
]
