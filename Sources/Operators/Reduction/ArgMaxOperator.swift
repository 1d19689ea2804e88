/// ONNX `ArgMax`: the index of the greatest element along an axis, of equals the first or the last.
struct ArgMaxOperator: ArgumentOperator {
  let name = "ArgMax"

  func isBetter<W: Comparable>(_ candidate: W, than best: W) -> Bool { candidate > best }
}
