/// The operators of the indexing family, one line each.
let indexingOperators: [any Operator] = []
