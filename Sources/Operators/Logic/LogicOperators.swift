/// The operators of the logic family, one line each.
let logicOperators: [any Operator] = []
