/// The operators of the convolution family, one line each.
let convolutionOperators: [any Operator] = []
