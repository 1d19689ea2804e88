import COneDNN
import NetworkGraph

/// One matrix product as oneDNN sees it: views of plain values, batches first.
private struct MatrixProduct {
  var a: String
  var aView: DataLayout
  var b: String
  var bShape: [Int]
  var bView: DataLayout
  /// A vector or matrix added to the result.
  var bias: (name: String, view: DataLayout)?
  var result: [Int]
  /// How the result is written; row-major when nil.
  var resultStrides: [Int]?

  /// Adds the product, weights in the layout that oneDNN likes best when they are constant.
  ///
  /// False when oneDNN has only a slow one for these views.
  func emit(_ builder: ScheduleBuilder, _ request: LoweringRequest, shape: [Int]) throws -> Bool {
    let isWeight = builder.isConstant(b) && bShape.count == 2
    let weights = isWeight ? try builder.any(bShape) : bView
    let format = builder.resultFormat(request.output)
    let target = try DataLayout.plain(result, strides: resultStrides, format)
    let ops = request.cPostOps
    let primitive = try Primitive {
      cdnn_matmul(
        &$0, aView.handle, weights.handle, bias?.view.handle, target.handle, ops, Int32(ops.count))
    }
    if resultStrides != nil || !request.operands.isEmpty, primitive.isSlow { return false }
    let wanted = isWeight ? try primitive.layout(CDNN_ARG_WEIGHTS) : bView
    var inputs: [PrimitiveStep.Input] = [
      .init(
        argument: CDNN_ARG_SRC, source: try builder.source(a, view: aView, as: aView),
        layout: aView),
      .init(
        argument: CDNN_ARG_WEIGHTS, source: try builder.source(b, view: bView, as: wanted),
        layout: wanted),
    ]
    if let bias {
      inputs.append(
        .init(
          argument: CDNN_ARG_BIAS,
          source: try builder.source(bias.name, view: bias.view, as: bias.view), layout: bias.view))
    }
    try builder.emit(
      primitive, inputs, to: request.output, shape: shape, as: target, adding: request.residual,
      isReordered: resultStrides != nil)
    return true
  }
}

/// Lowers `MatMul` with any ranks and broadcasting of batches.
@Sendable
func lowerMatMul(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard var a = builder.floatShape(request.input(0)), var b = builder.floatShape(request.input(1)),
    let shape = builder.floatShape(request.output), !a.isEmpty, !b.isEmpty
  else { return false }
  if !request.operands.isEmpty || request.resultOrder != nil {
    return try lowerBatchedViews(builder, request, a, b)
  }
  if a.count == 1 { a.insert(1, at: 0) }
  if b.count == 1 { b.append(1) }
  let (m, k, n) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
  guard b[b.count - 2] == k else { return false }
  let (aBatch, bBatch) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
  var result: [Int]
  if bBatch.allSatisfy({ $0 == 1 }) {
    // One matrix for all: the batches are more rows.
    let rows = aBatch.reduce(m, *)
    a = [rows, k]
    b = [k, n]
    result = [rows, n]
  } else if aBatch == bBatch {
    let batch = aBatch.reduce(1, *)
    a = [batch, m, k]
    b = [batch, k, n]
    result = [batch, m, n]
  } else {
    let rank = max(a.count, b.count)
    a = Array(repeating: 1, count: rank - a.count) + a
    b = Array(repeating: 1, count: rank - b.count) + b
    result = zip(a, b).dropLast(2).map { max($0, $1) } + [m, n]
  }
  guard result.reduce(1, *) == shape.reduce(1, *) else { return false }
  var product = MatrixProduct(
    a: request.input(0), aView: try builder.dense(a), b: request.input(1), bShape: b,
    bView: try builder.dense(b), bias: nil, result: result)
  if let bias = request.bias {
    let view = try DataLayout.plain(Array(repeating: 1, count: result.count - 1) + [n])
    product.bias = (bias, view)
  }
  return try product.emit(builder, request, shape: shape)
}

/// Lowers a batch of products that reads operands, or writes its result, in another order of axes
/// than they lie in.
private func lowerBatchedViews(
  _ builder: ScheduleBuilder, _ request: LoweringRequest, _ a: [Int], _ b: [Int]
) throws -> Bool {
  guard a.count == 4, b.count == 4, a[..<2] == b[..<2], a[3] == b[2], request.bias == nil,
    request.residual == nil, let shape = builder.floatShape(request.output)
  else { return false }
  func operand(_ index: Int, _ seen: [Int]) throws -> (String, DataLayout) {
    guard let (name, order) = request.operands.transposed[index],
      let own = builder.floatShape(name)
    else { return (request.input(index), try builder.dense(seen)) }
    let strides = rowMajorStrides(own)
    return (name, try builder.dense(seen, strides: order.map { strides[$0] }))
  }
  let (aName, aView) = try operand(0, a)
  let (bName, bView) = try operand(1, b)
  let result = [a[0], a[1], a[2], b[3]]
  var product = MatrixProduct(
    a: aName, aView: aView, b: bName, bShape: b, bView: bView, bias: nil, result: result)
  if let order = request.resultOrder {
    guard shape == order.map({ result[$0] }) else { return false }
    let strides = rowMajorStrides(shape)
    var written = strides
    for (axis, source) in order.enumerated() { written[source] = strides[axis] }
    product.resultStrides = written
  }
  return try product.emit(builder, request, shape: shape)
}

/// Lowers `Gemm` with unit factors; transposed operands are views.
@Sendable
func lowerGemm(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let node = request.node
  let c = request.input(2)
  guard let a = builder.floatShape(request.input(0)), let b = builder.floatShape(request.input(1)),
    let shape = builder.floatShape(request.output), a.count == 2, b.count == 2, shape.count == 2,
    (node.float("alpha") ?? 1) == 1, c.isEmpty || (node.float("beta") ?? 1) == 1
  else { return false }
  let (m, n) = (shape[0], shape[1])
  let (transA, transB) = ((node.int("transA") ?? 0) != 0, (node.int("transB") ?? 0) != 0)
  let k = transA ? a[0] : a[1]
  guard (transB ? b[1] : b[0]) == k else { return false }
  var product = MatrixProduct(
    a: request.input(0), aView: try builder.dense([m, k], strides: transA ? [1, m] : nil),
    b: request.input(1), bShape: [k, n],
    bView: try builder.dense([k, n], strides: transB ? [1, k] : nil), bias: nil,
    result: [m, n])
  if !c.isEmpty {
    guard let bias = builder.floatShape(c), bias.count <= 2, bias.reduce(1, *) == n,
      bias.last == n
    else { return false }
    product.bias = (c, try DataLayout.plain([1, n]))
  }
  return try product.emit(builder, request, shape: shape)
}
