/// The operators of the quantization family, one line each.
let quantizationOperators: [any Operator] = []
