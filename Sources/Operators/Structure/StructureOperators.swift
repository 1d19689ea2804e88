/// The operators of the structure family, one line each.
let structureOperators: [any Operator] = []
