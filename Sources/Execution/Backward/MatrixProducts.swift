import COneDNN
import Synchronization
import Tensors

/// Products of plain float32 matrices by oneDNN; primitives are kept by shape.
public final class MatrixProducts: Sendable {
  private struct Key: Hashable {
    var left: [Int]
    var right: [Int]
    var transposesLeft: Bool
    var transposesRight: Bool
  }

  private let known = Mutex<[Key: PlainPrimitive]>([:])

  /// Nothing is prepared yet.
  public init() {}

  /// A B with A (batch, M, K) and B (batch, K, N); a transposed factor lies as (batch, K, M) or (batch,
  /// N, K).
  ///
  /// - Throws: ``EngineError`` with code `shapeMismatch` when the lengths differ.
  public func product(
    _ left: Tensor, _ right: Tensor, transposesLeft: Bool = false, transposesRight: Bool = false
  ) throws(EngineError) -> Tensor {
    let (a, b) = (left.shape, right.shape)
    guard a.count == 3, b.count == 3, a[0] == b[0],
      a[transposesLeft ? 1 : 2] == b[transposesRight ? 2 : 1]
    else {
      throw EngineError(.shapeMismatch, problem: "matrices \(a) and \(b) can't be multiplied")
    }
    let shape = [a[0], a[transposesLeft ? 2 : 1], b[transposesRight ? 1 : 2]]
    guard shape.allSatisfy({ $0 > 0 }), a.allSatisfy({ $0 > 0 }) else {
      return .filled(shape, with: Float(0))
    }
    let key = Key(
      left: a, right: b, transposesLeft: transposesLeft, transposesRight: transposesRight)
    do throws(OneDNNError) {
      let primitive: PlainPrimitive
      if let ready = known.withLock({ $0[key] }) {
        primitive = ready
      } else {
        let made = try Self.make(key, shape)
        known.withLock { $0[key] = made }
        primitive = made
      }
      guard let result = try primitive.run([left, right], shapes: [shape]).first else {
        throw OneDNNError(status: 1)
      }
      return result
    } catch {
      throw error.engineError
    }
  }

  private static func make(_ key: Key, _ shape: [Int]) throws(OneDNNError) -> PlainPrimitive {
    func layout(_ stored: [Int], _ isTransposed: Bool) throws(OneDNNError) -> DataLayout {
      guard isTransposed else { return try .plain(stored) }
      return try .plain(
        [stored[0], stored[2], stored[1]], strides: [stored[1] * stored[2], 1, stored[2]])
    }
    let left = try layout(key.left, key.transposesLeft)
    let right = try layout(key.right, key.transposesRight)
    let target = try DataLayout.plain(shape)
    let primitive = try Primitive {
      cdnn_matmul(&$0, left.handle, right.handle, nil, target.handle, nil, 0)
    }
    return PlainPrimitive(
      primitive: primitive,
      sources: [
        try PlainPrimitive.Argument(Int(CDNN_ARG_SRC), left, of: primitive, isResult: false),
        try PlainPrimitive.Argument(Int(CDNN_ARG_WEIGHTS), right, of: primitive, isResult: false),
      ],
      results: [
        try PlainPrimitive.Argument(Int(CDNN_ARG_DST), target, of: primitive, isResult: true)
      ])
  }
}
