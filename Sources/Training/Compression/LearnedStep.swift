import ModelCompression
import NetworkGraph
import Tensors

/// Learned step size quantization (LSQ, 1902.08153) in a form that every plan can state.
///
/// LSQ learns the step s between codes: codes are clamp(round(w / s), -q, q) with q = 2^(b-1) - 1. A
/// symmetric plan has no place for s: it takes max|w| / q. So weights are clipped in front of the plan's
/// own quantizer, at M = min(s q, max|w|): clipped weights have exactly M as their largest magnitude,
/// and the plan's scale M / q is the learned one, to the bit, with what is stored. A step beyond
/// max|w| / q would serve no weight, and is brought back to it.
public struct LearnedStep: Sendable {
  /// Which step belongs to which weight.
  private let places: [Int32]
  private let bits: Int
  /// The highest code q.
  private let highest: Float
  /// Weights of each place.
  private let counts: [Int]
  /// How many steps there are.
  public var count: Int { counts.count }

  /// The steps of a layer under a setting; nil where codes are no symmetric integers of 2 to 8 bits.
  public init?(layer: CompressibleLayer, setting: WeightQuantization) {
    guard setting.scheme == .symmetric, (2...8).contains(setting.bits) else { return nil }
    let layout = ScaleLayout(setting.granularity, for: layer)
    places = layout.places()
    bits = setting.bits
    highest = Float((1 << (setting.bits - 1)) - 1)
    var counts = [Int](repeating: 0, count: layout.count)
    for place in places { counts[Int(place)] += 1 }
    self.counts = counts
  }

  /// The largest magnitude in each place.
  private func largest(_ weights: [Float]) -> [Float] {
    var largest = [Float](repeating: 0, count: count)
    for (weight, place) in zip(weights, places) {
      largest[Int(place)] = max(largest[Int(place)], weight.magnitude)
    }
    return largest
  }

  /// Steps to start from: those with the least square error over the weights that are not zero.
  ///
  /// LSQ starts from 2 E|w| / sqrt(q) instead, which at 2 bits rounds more than half of a normal layer to
  /// zero.
  public func start(_ weights: [Float]) -> [Float] {
    var kept = [[Float]](repeating: [], count: count)
    for (weight, place) in zip(weights, places) where weight != 0 {
      kept[Int(place)].append(weight)
    }
    let grid = CodeGrid.integers(bits: bits, isSymmetric: true)
    let steps = kept.map { values in
      values.isEmpty ? 1 : MSERange().range(of: values, for: grid).magnitude / highest
    }
    return bounded(steps, by: weights)
  }

  /// Steps that are used: above 0, and no more than max|w| / q.
  public func bounded(_ steps: [Float], by weights: [Float]) -> [Float] {
    zip(steps, largest(weights)).map { step, largest in
      let limit = largest / highest
      return limit > 0 ? min(max(step, limit * 1e-3), limit) : 1
    }
  }

  /// The weights clipped at M.
  public func clipped(_ weights: [Float], steps: [Float]) -> [Float] {
    let limits = steps.map { $0 * highest }
    var result = weights
    for (index, place) in places.enumerated() {
      let limit = limits[Int(place)]
      result[index] = min(max(weights[index], -limit), limit)
    }
    return result
  }

  /// Turns dL/dv, of quantized weights, into dL/dw in place, and gives dL/ds (equations 2 and 3).
  ///
  /// dL/dw passes where |w| <= M and is 0 beyond. dv/ds is round(w / s) - w / s inside and +-q beyond;
  /// the sum over a place of n weights is scaled by 1 / sqrt(n q).
  public func gradients(_ gradient: inout [Float], weights: [Float], steps: [Float]) -> [Float] {
    var sums = [Double](repeating: 0, count: count)
    for index in gradient.indices {
      let place = Int(places[index])
      let ratio = weights[index] / steps[place]
      let slope: Float
      if ratio.magnitude <= highest {
        slope = ratio.rounded(.toNearestOrEven) - ratio
      } else {
        slope = ratio > 0 ? highest : -highest
      }
      sums[place] += Double(gradient[index]) * Double(slope)
      if ratio.magnitude > highest { gradient[index] = 0 }
    }
    return zip(sums, counts).map { sum, count in
      Float(sum / (Double(count) * Double(highest)).squareRoot())
    }
  }
}
