/// The operators of the reduction family, one line each.
let reductionOperators: [any Operator] = []
