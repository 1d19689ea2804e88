import NetworkGraph
import Tensors

/// Describes the shapes of a graph's values in terms of its open input lengths: `N`, `4N`, `H/2`.
///
/// Shapes are inferred for a few concrete lengths of each open axis, and lengths that follow them
/// linearly, or as a product, are written as such.
public struct SymbolicShapes {
  /// The shape of every value whose rank is known.
  ///
  /// The first axis of the inputs, where it is not fixed, is the batch `N`; other open lengths keep
  /// their declared names. Lengths that follow no simple rule are `unknown`. The dictionary is empty
  /// when the graph's shapes do not fit each other for any lengths tried.
  public static func describe(
    graph: NetworkGraph, registry: OperatorRegistry = .standard
  ) -> [String: [Dimension]] {
    for attempt in Probe.attempts {
      do throws(EngineError) {
        return try SymbolicShapes(graph: graph, registry: registry, attempt: attempt).describe()
      } catch {
        continue  // These lengths do not suit the model; others may.
      }
    }
    return [:]
  }

  /// The lengths tried for spatial axes and for others (positions in a sequence).
  private struct Probe {
    let spatial: Int
    let other: Int

    // Networks with fixed heads need their training size, those with position tables short inputs.
    static let attempts: [Probe] = [
      Probe(spatial: 64, other: 16), Probe(spatial: 224, other: 16), Probe(spatial: 320, other: 64),
      Probe(spatial: 512, other: 8), Probe(spatial: 32, other: 4), Probe(spatial: 299, other: 1),
    ]
  }

  private struct OpenLength {
    let name: String
    let lengths: (Int, Int)
  }

  private let graph: NetworkGraph
  private let registry: OperatorRegistry
  private var symbols: [OpenLength] = []
  /// Which symbol each axis of each input is; nil where it is fixed.
  private var axes: [String: [Int?]] = [:]

  private init(graph: NetworkGraph, registry: OperatorRegistry, attempt: Probe) {
    self.graph = graph
    self.registry = registry
    for info in graph.runtimeInputs {
      guard let shape = info.shape else { continue }
      axes[info.name] = shape.enumerated().map { axis, dimension in
        switch dimension {
        case .fixed(let length) where length >= 0: return nil
        case .symbol(let name) where Self.isName(name):
          return symbol(axis: axis, rank: shape.count, name: name, attempt)
        default: return symbol(axis: axis, rank: shape.count, name: nil, attempt)
        }
      }
    }
  }

  /// Whether a declared name says which lengths are equal; some exporters write `?`, `None` or
  /// `unk__7` for every open length.
  private static func isName(_ name: String) -> Bool {
    name.contains(where: \.isLetter) && name != "None" && !name.hasPrefix("unk__")
  }

  private mutating func symbol(axis: Int, rank: Int, name: String?, _ attempt: Probe) -> Int {
    let isSpatial = rank >= 4 && axis >= 2
    let fallback =
      switch (isSpatial, axis - rank) {
      case (true, -2): "H"
      case (true, -1): "W"
      case (false, _) where rank <= 3 && axis == 1: "L"
      default: "d\(axis)"
      }
    let name = axis == 0 ? "N" : name ?? fallback
    if let known = symbols.firstIndex(where: { $0.name == name }) { return known }
    // Distinct lengths tell the axes apart; multiples of 32 survive the strides of most networks.
    let others = symbols.count(where: { $0.name != "N" })
    let base = isSpatial ? attempt.spatial + 32 * others : attempt.other + others
    symbols.append(
      OpenLength(name: name, lengths: axis == 0 ? (2, 3) : (base, isSpatial ? base + 32 : base + 2))
    )
    return symbols.count - 1
  }

  private func infer(changing changed: Int?) throws(EngineError) -> [String: TensorFact] {
    let shapes = Dictionary(
      uniqueKeysWithValues: graph.runtimeInputs.compactMap { info -> (String, [Int])? in
        guard let shape = info.shape, let axes = axes[info.name] else { return nil }
        let lengths = zip(shape, axes).map { dimension, symbol -> Int in
          if let symbol {
            return symbol == changed ? symbols[symbol].lengths.1 : symbols[symbol].lengths.0
          }
          if case .fixed(let length) = dimension { return length }
          return 1
        }
        return (info.name, lengths)
      })
    return try ShapeInference.infer(graph: graph, inputShapes: shapes, registry: registry)
  }

  private func describe() throws(EngineError) -> [String: [Dimension]] {
    let base = try infer(changing: nil)
    var probes: [[String: TensorFact]?] = []
    for index in symbols.indices {
      do throws(EngineError) {
        probes.append(try infer(changing: index))
      } catch {
        // A length that the graph fixes after all, though it is declared open.
        probes.append(nil)
      }
    }
    var result: [String: [Dimension]] = [:]
    for (name, fact) in base {
      guard let shape = fact.shape else { continue }
      result[name] = shape.indices.map { axis in
        let changed = probes.map { probe -> Int? in
          guard let probe else { return shape[axis] }
          guard let other = probe[name]?.shape, other.count == shape.count else { return nil }
          return other[axis]
        }
        return dimension(base: shape[axis], changed: changed)
      }
    }
    return result
  }

  /// The rule behind one length, from its value at the base and with each symbol changed.
  private func dimension(base: Int, changed: [Int?]) -> Dimension {
    var terms: [(symbol: Int, difference: Int)] = []
    for (index, value) in changed.enumerated() {
      guard let value else { return .unknown }
      if value != base { terms.append((index, value - base)) }
    }
    guard let first = terms.first else { return .fixed(base) }
    if terms.count > 1 { return product(base: base, changed: changed, terms.map(\.symbol)) }
    let symbol = symbols[first.symbol]
    let step = symbol.lengths.1 - symbol.lengths.0
    let divisor = Self.commonDivisor(first.difference.magnitude, step.magnitude)
    let (up, down) = (first.difference / divisor, step / divisor)
    let scaled = up.multiplyingSaturating(symbol.lengths.0)
    guard scaled % down == 0, up > 0 else { return .unknown }
    let rest = base - scaled / down
    let front = up == 1 ? symbol.name : Self.joined(up, symbol.name)
    let tail = rest == 0 ? "" : rest > 0 ? "+\(rest)" : "\(rest)"
    return .symbol(front + (down == 1 ? "" : "/\(down)") + tail)
  }

  /// A length that is a constant times the product of some symbols, as after flattening.
  private func product(base: Int, changed: [Int?], _ factors: [Int]) -> Dimension {
    var rest = base
    for index in factors {
      let (before, after) = symbols[index].lengths
      guard let value = changed[index], rest % before == 0, base % before == 0,
        base / before * after == value
      else { return .unknown }
      rest /= before
    }
    let names = factors.map { symbols[$0].name }.joined(separator: "*")
    return .symbol(rest == 1 ? names : "\(rest)*\(names)")
  }

  private static func joined(_ factor: Int, _ name: String) -> String {
    name.count == 1 ? "\(factor)\(name)" : "\(factor)*\(name)"
  }

  private static func commonDivisor(_ one: UInt, _ other: UInt) -> Int {
    var (first, second) = (one, other)
    while second != 0 { (first, second) = (second, first % second) }
    return Int(first)
  }
}
