import NetworkGraph
import Tensors

/// A setting worked out for a layer's weights: where pruning cuts, and every scale and zero point.
///
/// What it makes of a weight depends on that weight alone, so any part of the weights can be counted,
/// drawn or written by itself, in any order, with the same result.
struct LayerTransform {
  /// The weights before.
  let weights: Tensor
  /// Where pruning cuts.
  let cut: PruneCut
  /// The codes; nil when the weights stay floats.
  let quantizer: UniformGrid?
  let isCancelled: () -> Bool

  /// Calls `body` for parts of a block that have one bound and one run of scales.
  @inline(__always)
  private func forEachPart(
    _ block: UnsafeBufferPointer<Float>, _ first: Int, _ layout: ScaleLayout,
    _ body: (
      _ part: UnsafeBufferPointer<Float>, _ at: Int, _ bound: UInt32, _ scale: Int, _ step: Int
    )
      -> Void
  ) {
    layout.forEachRun(in: first..<(first + block.count)) { run, scale, step in
      cut.forEachPart(of: run) { part, bound in
        body(
          UnsafeBufferPointer(
            rebasing: block[(part.lowerBound - first)..<(part.upperBound - first)]),
          part.lowerBound, bound, scale + step * (part.lowerBound - run.lowerBound), step)
      }
    }
  }

  private func check(_ first: Int) throws {
    if first % (32 * Tensor.blockLength) == 0, isCancelled() { throw CancellationError() }
  }

  /// How many weights are zero afterwards; nothing is stored.
  func zeroCount() throws -> Int {
    var zeros = 0
    try weights.forEachBlock { block, first in
      try check(first)
      guard let quantizer else {
        cut.forEachPart(of: first..<(first + block.count)) { part, bound in
          zeros += WeightKernels.zeroCount(
            UnsafeBufferPointer(
              rebasing: block[(part.lowerBound - first)..<(part.upperBound - first)]),
            bound: bound)
        }
        return
      }
      forEachPart(block, first, quantizer.layout) { part, _, bound, scale, step in
        zeros += quantizer.zeroCount(part, bound: bound, scale: scale, step: step)
      }
    }
    return zeros
  }

  /// What ``apply()`` makes.
  struct Result {
    let values: Tensor
    let codes: Tensor?
    let zeroCount: Int
    let signalToNoise: Double
  }

  /// The weights afterwards.
  func apply() throws -> Result {
    guard let quantizer else { return try apply(codes: nil as UnsafeMutablePointer<Int8>?) }
    return switch quantizer.form.codes {
    case .int8: try apply(quantizer, as: Int8.self)
    case .int16: try apply(quantizer, as: Int16.self)
    case .uint8: try apply(quantizer, as: UInt8.self)
    default: try apply(quantizer, as: UInt16.self)
    }
  }

  private func apply<Code: TensorInteger>(
    _ quantizer: UniformGrid, as type: Code.Type
  ) throws -> Result {
    var made: Result?
    let codes = try Tensor.building(weights.shape, of: type) { codes in
      made = try apply(codes: codes.baseAddress)
    }
    guard let made else { throw CancellationError() }
    return Result(
      values: made.values, codes: codes, zeroCount: made.zeroCount,
      signalToNoise: made.signalToNoise)
  }

  private func apply<Code: TensorInteger>(
    codes: UnsafeMutablePointer<Code>?
  ) throws -> Result {
    var zeros = 0
    var squares = SquareSums()
    let values = try Tensor.building(weights.shape, of: Float.self) { values in
      guard let base = values.baseAddress else { return }
      try weights.forEachBlock { block, first in
        try check(first)
        if let quantizer, let codes {
          forEachPart(block, first, quantizer.layout) { part, at, bound, scale, step in
            quantizer.apply(
              part, bound: bound, scale: scale, step: step, codes: codes + at, values: base + at)
          }
        } else {
          cut.forEachPart(of: first..<(first + block.count)) { part, bound in
            WeightKernels.prune(
              UnsafeBufferPointer(
                rebasing: block[(part.lowerBound - first)..<(part.upperBound - first)]),
              bound: bound, into: base + part.lowerBound)
          }
        }
        // While the block is in the nearest cache.
        zeros += WeightKernels.zeroCount(
          UnsafeBufferPointer(start: base + first, count: block.count))
        WeightKernels.addSquares(block, base + first, to: &squares)
      }
    }
    return Result(
      values: values, codes: nil, zeroCount: zeros,
      signalToNoise: squares.decibels)
  }
}
