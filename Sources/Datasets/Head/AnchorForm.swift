import Tensors

/// A head of grids with anchor boxes, one output for each grid.
///
/// An output is (N, A (5 + classes), H, W) or (N, A, H, W, 5 + classes) of tx, ty, tw, th, objectness
/// and class scores as logits. With s the sigmoid and anchors (pw, ph) in pixels of the input, cell (x, y):
///
/// - `v3` (Redmon and Farhadi, YOLOv3, 2018): centre (s(tx) + x, s(ty) + y) cells, size
///   (pw exp tw, ph exp th) pixels.
/// - `v5` (YOLOv5, YOLOv7): centre (2 s(tx) - 0.5 + x, ...) cells, size (pw (2 s(tw))^2, ...) pixels.
///
/// A box's score is s(objectness) times its class's score.
public struct AnchorForm: Sendable, Hashable {
  /// How numbers become boxes.
  public enum Version: String, Sendable, Hashable, CaseIterable {
    /// Exponential sizes.
    case v3
    /// Squared sigmoid sizes.
    case v5
  }

  /// The outputs.
  public var outputs: [String]
  /// The anchors of each output, in pixels of the model's input: width, height, width, height and so on.
  public var anchors: [[Float]]
  /// How numbers become boxes.
  public var version: Version

  /// Makes a form.
  public init(outputs: [String], anchors: [[Float]], version: Version = .v5) {
    self.outputs = outputs
    self.anchors = anchors
    self.version = version
  }

  init(_ fields: inout HeadFields) throws(EngineError) {
    guard let outputs = try fields.texts("outputs") else {
      throw fields.problem(
        "outputs", "'head' has no 'outputs'",
        "Name the output of each grid, as outputs: [p3, p4, p5]")
    }
    let node = fields.value("anchors")
    anchors = try fields.table("anchors") ?? []
    guard anchors.count == outputs.count, anchors.allSatisfy({ !$0.isEmpty && $0.count % 2 == 0 })
    else {
      let text = "'anchors' does not hold pairs of width and height for \(outputs.count) outputs"
      throw node.map {
        DescriptionParser.problem($0, text, "Give one list for each output")
      } ?? fields.problem("anchors", text, "Give one list for each output")
    }
    self.outputs = outputs
    version = try fields.choice("version") ?? .v5
  }
}
