import Tensors

/// ONNX `NonMaxSuppression`: of boxes that overlap too much, the ones with the best scores.
///
/// Boxes are `batch x box x 4`, scores `batch x class x box`; the result lists (batch, class, box).
struct NonMaxSuppressionOperator: Operator {
  let name = "NonMaxSuppression"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (boxes, scores) = (try inputs.required(0, "boxes"), try inputs.required(1, "scores"))
    if let shape = boxes.shape, let scoreShape = scores.shape {
      guard shape.count == 3, scoreShape.count == 3, shape[2] == 4, shape[0] == scoreShape[0],
        shape[1] == scoreShape[2]
      else {
        throw Shapes.mismatch("boxes of shape \(shape) do not fit scores of shape \(scoreShape)")
      }
    }
    guard boxes.type == .float32, scores.type == .float32 else {
      throw Shapes.mismatch("boxes and scores have types \(boxes.type) and \(scores.type)")
    }
    return [TensorFact(.int64, nil)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (boxes, scores) = (try inputs.required(0, "boxes"), try inputs.required(1, "scores"))
    _ = try infer(call, [boxes.fact, scores.fact])
    let limit: Tensor? = inputs.optional(2)
    let overlap: Tensor? = inputs.optional(3)
    let least: Tensor? = inputs.optional(4)
    let selection = Selection(
      boxes: boxes.floats, scores: scores.floats, boxCount: scores.shape[2],
      limit: limit?.integers.first ?? 0, overlap: overlap?.floats.first ?? 0,
      leastScore: least?.floats.first, isCentered: call.int("center_point_box", default: 0) != 0)
    var result: [Int64] = []
    for batch in 0..<scores.shape[0] {
      for category in 0..<scores.shape[1] {
        let row = batch * scores.shape[1] + category
        for box in selection.boxes(batch: batch, scoreRow: row) {
          result += [Int64(batch), Int64(category), Int64(box)]
        }
      }
    }
    return [Tensor([result.count / 3, 3], result)]
  }

  private struct Selection {
    let boxes: [Float]
    let scores: [Float]
    let boxCount: Int
    let limit: Int
    let overlap: Float
    let leastScore: Float?
    let isCentered: Bool

    /// The chosen boxes of one class, best first.
    func boxes(batch: Int, scoreRow: Int) -> [Int] {
      let row = scores[scoreRow * boxCount..<(scoreRow + 1) * boxCount]
      let candidates = row.enumerated()
        .filter { score in !score.element.isNaN && leastScore.map { score.element > $0 } ?? true }
        .sorted { ($0.element, -$0.offset) > ($1.element, -$1.offset) }
      var chosen: [Int] = []
      for candidate in candidates {
        guard chosen.count < limit else { break }
        let box = corners(batch * boxCount + candidate.offset)
        let isFree = chosen.allSatisfy { other in
          intersectionOverUnion(box, corners(batch * boxCount + other)) <= overlap
        }
        if isFree { chosen.append(candidate.offset) }
      }
      return chosen
    }

    private typealias Box = (top: Float, left: Float, bottom: Float, right: Float)

    private func corners(_ index: Int) -> Box {
      let (a, b) = (boxes[index * 4], boxes[index * 4 + 1])
      let (c, d) = (boxes[index * 4 + 2], boxes[index * 4 + 3])
      if isCentered { return (b - d / 2, a - c / 2, b + d / 2, a + c / 2) }
      return (min(a, c), min(b, d), max(a, c), max(b, d))
    }

    private func intersectionOverUnion(_ first: Box, _ second: Box) -> Float {
      let height = min(first.bottom, second.bottom) - max(first.top, second.top)
      let width = min(first.right, second.right) - max(first.left, second.left)
      guard height > 0, width > 0 else { return 0 }
      let shared = height * width
      let firstArea = (first.bottom - first.top) * (first.right - first.left)
      let secondArea = (second.bottom - second.top) * (second.right - second.left)
      let union = firstArea + secondArea - shared
      return union > 0 ? shared / union : 0
    }
  }
}
