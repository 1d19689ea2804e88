/// The operators of the elementwise family, one line each.
let elementwiseOperators: [any Operator] = []
