import COneDNN
import NetworkGraph
import Synchronization
import Tensors

/// The gradients of convolutions by oneDNN, on plain float32 tensors; primitives are kept by shape.
public final class ConvolutionBackward: Sendable {
  private struct Key: Hashable {
    var ofWeights: Bool
    var source: [Int]
    var kernel: [Int]
    var target: [Int]
    var groups: Int
    var strides: [Int]
    var dilations: [Int]
    var pads: [Int]
  }

  private let known = Mutex<[Key: PlainPrimitive]>([:])

  /// Nothing is prepared yet.
  public init() {}

  /// dL/dX of Y = X * W.
  ///
  /// - Parameters:
  ///   - node: The `Conv` node, for its attributes.
  ///   - gradient: dL/dY, (N, O, spatial axes).
  ///   - weight: W, (O, I / groups, kernel axes).
  ///   - shape: The shape of X, (N, I, spatial axes).
  /// - Throws: ``EngineError`` with code `unsupported` when the shapes do not belong together.
  public func sourceGradient(
    _ node: Node, gradient: Tensor, weight: Tensor, shape: [Int]
  ) throws(EngineError) -> Tensor {
    let key = try Self.key(
      node, ofWeights: false, source: shape, kernel: weight.shape, target: gradient.shape)
    return try run(key, [gradient, weight], shape: shape)
  }

  /// dL/dW of Y = X * W.
  ///
  /// - Parameters:
  ///   - node: The `Conv` node, for its attributes.
  ///   - gradient: dL/dY, (N, O, spatial axes).
  ///   - source: X, (N, I, spatial axes).
  ///   - shape: The shape of W, (O, I / groups, kernel axes).
  /// - Throws: ``EngineError`` with code `unsupported` when the shapes do not belong together.
  public func weightGradient(
    _ node: Node, gradient: Tensor, source: Tensor, shape: [Int]
  ) throws(EngineError) -> Tensor {
    let key = try Self.key(
      node, ofWeights: true, source: source.shape, kernel: shape, target: gradient.shape)
    return try run(key, [source, gradient], shape: shape)
  }

  private func run(
    _ key: Key, _ inputs: [Tensor], shape: [Int]
  ) throws(EngineError) -> Tensor {
    do throws(OneDNNError) {
      let primitive: PlainPrimitive
      if let ready = known.withLock({ $0[key] }) {
        primitive = ready
      } else {
        let made = try Self.make(key)
        known.withLock { $0[key] = made }
        primitive = made
      }
      guard let result = try primitive.run(inputs, shapes: [shape]).first else {
        throw OneDNNError(status: 1)
      }
      return result
    } catch {
      throw error.engineError
    }
  }

  private static func key(
    _ node: Node, ofWeights: Bool, source: [Int], kernel: [Int], target: [Int]
  ) throws(EngineError) -> Key {
    let groups = node.int("group") ?? 1
    guard source.count == kernel.count, target.count == kernel.count,
      (3...5).contains(kernel.count),
      groups > 0, kernel[0] % groups == 0, kernel[1] * groups == source[1],
      let geometry = KernelGeometry(
        node, kernel: Array(kernel.dropFirst(2)), input: Array(source.dropFirst(2)),
        output: Array(target.dropFirst(2)))
    else {
      throw EngineError(
        .unsupported,
        problem: "a convolution of \(source) with \(kernel) to \(target) has no gradient here",
        remedy: "Freeze this layer")
    }
    return Key(
      ofWeights: ofWeights, source: source, kernel: kernel, target: target, groups: groups,
      strides: geometry.strides, dilations: geometry.dilations,
      pads: geometry.padsBegin + geometry.padsEnd)
  }

  private static func make(_ key: Key) throws(OneDNNError) -> PlainPrimitive {
    let rank = key.strides.count
    let kernel =
      key.groups == 1
      ? key.kernel : [key.groups, key.kernel[0] / key.groups] + key.kernel.dropFirst()
    let (source, weights, target) = (
      try DataLayout.any(key.source), try DataLayout.any(kernel), try DataLayout.any(key.target)
    )
    let primitive = try Primitive {
      cdnn_convolution_backward(
        &$0, key.ofWeights ? 1 : 0, source.handle, weights.handle, nil, target.handle,
        key.strides.int64, key.dilations.map { Int64($0 - 1) },
        key.pads.prefix(rank).map { Int64($0) },
        key.pads.suffix(rank).map { Int64($0) })
    }
    let plainKernel = try DataLayout.plain(kernel)
    let gradient = try PlainPrimitive.Argument(
      Int(CDNN_ARG_DIFF_DST), .plain(key.target), of: primitive, isResult: false)
    if key.ofWeights {
      return PlainPrimitive(
        primitive: primitive,
        sources: [
          try PlainPrimitive.Argument(
            Int(CDNN_ARG_SRC), .plain(key.source), of: primitive, isResult: false), gradient,
        ],
        results: [
          try PlainPrimitive.Argument(
            Int(CDNN_ARG_DIFF_WEIGHTS), plainKernel, of: primitive, isResult: true)
        ])
    }
    return PlainPrimitive(
      primitive: primitive,
      sources: [
        gradient,
        try PlainPrimitive.Argument(
          Int(CDNN_ARG_WEIGHTS), plainKernel, of: primitive, isResult: false),
      ],
      results: [
        try PlainPrimitive.Argument(
          Int(CDNN_ARG_DIFF_SRC), .plain(key.source), of: primitive, isResult: true)
      ])
  }
}
