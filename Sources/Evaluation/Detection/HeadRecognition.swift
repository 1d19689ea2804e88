import Datasets
import NetworkGraph

/// Recognizes a detector's head by the names and shapes of its outputs, where they leave no doubt.
///
/// Whatever is found is told in a note; a `head:` block in the data description overrides it.
enum HeadRecognition {
  /// The head; nil where outputs do not say it for certain.
  static func recognize(
    _ outputs: [MeasureContext.Output], _ graph: NetworkGraph, notes: inout [String]
  ) -> HeadDescription? {
    guard outputs.allSatisfy({ $0.shape != nil && $0.type?.isFloat ?? false }) else { return nil }
    guard let found = centerNet(outputs) ?? boxes(outputs, graph) else { return nil }
    notes.append("head recognized: \(found.text)")
    return found.head
  }

  private typealias Output = MeasureContext.Output
  private typealias Found = (head: HeadDescription, text: String)

  private static func find(
    _ outputs: [Output], _ names: Set<String>, _ fits: ([Int]) -> Bool
  ) -> Output? {
    outputs.first { names.contains($0.name.lowercased()) && fits($0.shape ?? []) }
  }

  /// A heat map with a box, or with a size and an offset, of the same cells.
  private static func centerNet(_ outputs: [Output]) -> Found? {
    guard let heat = find(outputs, ["heatmap", "heat", "hm"], { $0.count == 3 }),
      let shape = heat.shape
    else { return nil }
    func map(_ names: Set<String>, _ channels: Int) -> Output? {
      find(outputs, names) { $0 == [channels] + shape.dropFirst() }
    }
    if outputs.count == 2, let box = map(["box", "boxes"], 4) {
      let form = CenterNetForm(heatmap: heat.name, box: box.name, sizes: .exp)
      return (
        HeadDescription(form: .centerNet(form), selection: BoxSelection(score: 0.05)),
        "CenterNet, '\(heat.name)', '\(box.name)' as dx, dy, log w, log h"
      )
    }
    guard outputs.count == 3, let size = map(["wh", "size", "width_height"], 2),
      let offset = map(["reg", "offset", "off", "hm_offset"], 2)
    else { return nil }
    let form = CenterNetForm(heatmap: heat.name, size: size.name, offset: offset.name)
    return (
      HeadDescription(form: .centerNet(form), selection: BoxSelection(score: 0.05)),
      "CenterNet, '\(heat.name)', sizes '\(size.name)' in cells, offsets '\(offset.name)'"
    )
  }

  /// Scores of M boxes and their corners.
  private static func boxes(_ outputs: [Output], _ graph: NetworkGraph) -> Found? {
    guard outputs.count == 2,
      let boxes = find(outputs, ["boxes", "bboxes"], { $0.count == 2 && $0[1] == 4 }),
      let scores = find(
        outputs, ["scores"], { $0.count == 2 && $0[0] == boxes.shape?[0] && $0[1] > 0 }),
      let classes = scores.shape?[1]
    else { return nil }
    // Behind a softmax one of the classes has to stand for nothing: by custom the first.
    let hasBackground = classes > 1 && graph.producer(of: scores.name)?.op == "Softmax"
    let form = BoxForm(
      boxes: boxes.name, scores: scores.name, background: hasBackground ? 0 : nil)
    return (
      HeadDescription(form: .boxes(form), selection: BoxSelection(score: 0.01)),
      "'\(boxes.name)' xyxy in 0...1, '\(scores.name)' of \(classes) classes"
        + (hasBackground ? ", first none (Softmax)" : "")
    )
  }
}
