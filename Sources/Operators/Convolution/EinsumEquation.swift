import Tensors

/// The equation of an `Einsum` node with all lengths known.
struct EinsumEquation {
  /// A letter, or an axis that `...` stands for, counted from the last.
  private enum Label: Hashable {
    case letter(Character)
    case broadcast(Int)
  }

  /// The shape of the result.
  let output: [Int]
  /// Lengths of the axes that are summed over.
  let sums: [Int]
  /// For each operand, its stride for each axis of the result and then for each summed axis.
  let strides: [[Int]]

  /// The number of products summed up, over all results.
  var products: Int { (output + sums).reduce(1) { $0.multiplyingSaturating($1) } }

  /// Reads the equation for operands of the given shapes.
  init(_ equation: String, shapes: [[Int]]) throws(EngineError) {
    let text = equation.filter { $0 != " " }
    let sides = text.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 1 || (sides.count == 2 && sides[0].hasSuffix("-")) else {
      throw Shapes.mismatch("the equation '\(equation)' can't be read")
    }
    let left = sides.count == 2 ? sides[0].dropLast() : sides[0]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == shapes.count else {
      throw Shapes.mismatch(
        "the equation '\(equation)' has \(terms.count) terms for \(shapes.count) inputs")
    }
    var operands: [[Label]] = []
    for (term, shape) in zip(terms, shapes) {
      operands.append(try Self.labels(term, rank: shape.count, equation))
    }
    let lengths = try Self.lengths(operands, shapes, equation)
    let broadcast = lengths.keys.count { if case .broadcast = $0 { true } else { false } }
    let result =
      sides.count == 2
      ? try Self.labels(sides[1], rank: nil, broadcast: broadcast, equation)
      : Self.implicitOutput(operands, broadcast: broadcast)
    guard Set(result).count == result.count, result.allSatisfy({ lengths[$0] != nil }) else {
      throw Shapes.mismatch(
        "the result of the equation '\(equation)' repeats a letter or has one of no input")
    }
    // In order of first use, so that the order of summation does not depend on hashing.
    var summed: [Label] = []
    for label in operands.joined() where !result.contains(label) && !summed.contains(label) {
      summed.append(label)
    }
    output = result.map { lengths[$0] ?? 1 }
    sums = summed.map { lengths[$0] ?? 1 }
    try Shapes.count(output)
    strides = zip(operands, shapes).map { labels, shape in
      let own = Shapes.strides(shape)
      return (result + summed).map { label in
        // A repeated letter walks along the diagonal; an axis of length 1 is repeated.
        labels.indices.filter { labels[$0] == label && shape[$0] != 1 }.reduce(0) { $0 + own[$1] }
      }
    }
  }

  private static func labels(
    _ term: Substring, rank: Int?, broadcast: Int = 0, _ equation: String
  ) throws(EngineError) -> [Label] {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.joined().allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw Shapes.mismatch("the term '\(term)' of the equation '\(equation)' can't be read")
    }
    let letters = parts.reduce(0) { $0 + $1.count }
    if parts.count < 2 {
      guard rank == nil || rank == letters else {
        throw Shapes.mismatch(
          "the term '\(term)' of the equation '\(equation)' does not fit an input of rank "
            + "\(rank ?? 0)")
      }
      return term.map { .letter($0) }
    }
    let hidden = rank.map { $0 - letters } ?? broadcast
    guard hidden >= 0 else {
      throw Shapes.mismatch(
        "the term '\(term)' of the equation '\(equation)' does not fit an input of rank "
          + "\(rank ?? 0)")
    }
    return parts[0].map { .letter($0) } + (0..<hidden).reversed().map { .broadcast($0) }
      + parts[1].map { .letter($0) }
  }

  private static func lengths(
    _ operands: [[Label]], _ shapes: [[Int]], _ equation: String
  ) throws(EngineError) -> [Label: Int] {
    var lengths: [Label: Int] = [:]
    for (labels, shape) in zip(operands, shapes) {
      for (label, length) in zip(labels, shape) {
        let known = lengths[label] ?? 1
        guard known == 1 || length == 1 || known == length else {
          throw Shapes.mismatch(
            "the equation '\(equation)' gives one letter to axes of \(known) and \(length) elements"
          )
        }
        lengths[label] = known == 1 ? length : known
      }
    }
    return lengths
  }

  /// Without `->`: the axes of `...`, then the letters that occur once, in alphabetical order.
  private static func implicitOutput(_ operands: [[Label]], broadcast: Int) -> [Label] {
    var counts: [Character: Int] = [:]
    for case .letter(let letter) in operands.joined() { counts[letter, default: 0] += 1 }
    return (0..<broadcast).reversed().map { .broadcast($0) }
      + counts.filter { $0.value == 1 }.keys.sorted().map { .letter($0) }
  }
}
