import NetworkGraph
import Tensors

/// What a scheme fits its codes to: the weights that pruning keeps.
public struct GridInput {
  /// The layer.
  public let layer: CompressibleLayer
  /// The setting that asks.
  public let setting: WeightQuantization
  /// The seed of everything random, different for each layer.
  public let seed: UInt64
  /// The weights before pruning by magnitude.
  let weights: Tensor
  /// What pruning by magnitude takes of them.
  let cut: PruneCut
  /// Asked every few milliseconds.
  let isCancelled: () -> Bool

  /// The weights that are kept and not zero, for each place of a layout, in stored order.
  ///
  /// Zeros need no code of their own in any scheme, so they have no say in where codes lie.
  ///
  /// - Throws: `CancellationError`.
  public func values(by layout: ScaleLayout) throws -> [[Float]] {
    var values = [[Float]](repeating: [], count: layout.count)
    try weights.forEachBlock { block, first in
      if isCancelled() { throw CancellationError() }
      layout.forEachRun(in: first..<(first + block.count)) { run, place, step in
        cut.forEachPart(of: run) { part, bound in
          for index in part {
            let weight = WeightKernels.kept(block[index - first], bound)
            if weight != 0 { values[place + step * (index - run.lowerBound)].append(weight) }
          }
        }
      }
    }
    return values
  }

  /// Whether some weight of each place is zero, or is pruned.
  func holdsZero(by layout: ScaleLayout, kept values: [[Float]]) -> [Bool] {
    var sizes = [Int](repeating: 0, count: layout.count)
    layout.forEachRun(in: 0..<layer.parameters) { run, place, step in
      if step == 0 {
        sizes[place] += run.count
      } else {
        for offset in 0..<run.count { sizes[place + offset] += 1 }
      }
    }
    return zip(sizes, values).map { $0 > $1.count }
  }

  /// The range of each place as the setting's finder has it; nil for the exact extremes.
  ///
  /// - Throws: `CancellationError`.
  func ranges(by layout: ScaleLayout, for grid: CodeGrid) throws -> [ValueRange]? {
    guard setting.range.name != MinMaxRange().name,
      let finder = RangeRegistry.standard[setting.range]
    else { return nil }
    return try values(by: layout).map { values in
      if isCancelled() { throw CancellationError() }
      return finder.range(of: values, for: grid)
    }
  }

  /// The extremes of each place, quickly.
  ///
  /// - Throws: `CancellationError`.
  func extremes(by layout: ScaleLayout, isSigned: Bool) throws -> WeightRanges {
    try WeightRanges(
      weights, layout: layout, cut: cut, isSigned: isSigned, isCancelled: isCancelled)
  }
}
