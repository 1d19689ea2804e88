/// ONNX `ArgMin`: the index of the least element along an axis, of equals the first or the last.
struct ArgMinOperator: ArgumentOperator {
  let name = "ArgMin"

  func isBetter<W: Comparable>(_ candidate: W, than best: W) -> Bool { candidate < best }
}
