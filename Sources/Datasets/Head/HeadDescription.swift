import Tensors
import Yams

/// How a detector's outputs become boxes: the `head:` block of a data description.
///
/// Documentation/detection.md explains the keys of each type.
public struct HeadDescription: Sendable, Hashable {
  /// What the outputs mean, and which of them.
  public enum Form: Sendable, Hashable {
    /// A heat map with sizes and offsets: Zhou et al., Objects as Points (2019).
    case centerNet(CenterNetForm)
    /// Grids with anchor boxes: YOLOv2 to YOLOv7.
    case yoloAnchors(AnchorForm)
    /// Grids of distances to the sides, as distributions (DFL) or plain: YOLOv6, YOLOv8 and later.
    case yoloDistances(DistanceForm)
    /// Offsets from prior boxes: Liu et al., SSD (2016).
    case ssd(PriorForm)
    /// Outputs that are boxes already.
    case boxes(BoxForm)
  }

  /// What the outputs mean.
  public var form: Form
  /// Which of the candidates are taken.
  public var selection: BoxSelection

  /// Makes a description.
  public init(form: Form, selection: BoxSelection) {
    self.form = form
    self.selection = selection
  }

  /// Reads the block.
  ///
  /// - Throws: ``EngineError`` with line and column for unknown or missing keys and values that are none.
  init(parsing node: Yams.Node) throws(EngineError) {
    var fields = try HeadFields(node)
    let type = try fields.required("type", "Give one of: \(Kind.list)")
    guard let kind = Kind(rawValue: type.lowercased()) else {
      throw fields.problem("type", "'type' is '\(type.prefix(60))'", "It is one of: \(Kind.list)")
    }
    switch kind {
    case .centernet: form = .centerNet(try CenterNetForm(&fields))
    case .yolo where fields.has("anchors"): form = .yoloAnchors(try AnchorForm(&fields))
    case .yolo: form = .yoloDistances(try DistanceForm(&fields))
    case .ssd: form = .ssd(try PriorForm(&fields))
    case .boxes: form = .boxes(try BoxForm(&fields))
    }
    selection = try BoxSelection(&fields, defaultScore: kind == .centernet ? 0.05 : 0.01)
    try fields.finish()
  }

  private enum Kind: String, CaseIterable {
    case centernet, yolo, ssd, boxes

    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }
}
