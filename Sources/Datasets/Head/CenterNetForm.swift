import Tensors

/// A head after Zhou et al., Objects as Points (2019): a peak of the heat map is an object's centre.
///
/// With a cell (x, y) of a map of W by H cells: centre ((x + dx) / W, (y + dy) / H), width w / W,
/// height h / H, as parts of the image.
public struct CenterNetForm: Sendable, Hashable {
  /// How sizes are stored.
  public enum Size: String, Sendable, Hashable, CaseIterable {
    /// In cells.
    case cells
    /// As natural logarithms of cells.
    case exp
    /// As parts of the image.
    case relative
  }

  /// The output (N, classes, H, W) of scores.
  public var heatmap: String
  /// The output (N, 4, H, W) of dx, dy, w, h; nil where sizes have an output of their own.
  public var box: String?
  /// The output (N, 2, H, W) of w, h; nil with ``box``.
  public var size: String?
  /// The output (N, 2, H, W) of dx, dy; nil for 0 (with ``box`` never read).
  public var offset: String?
  /// How sizes are stored.
  public var sizes: Size
  /// What is applied to the heat map; nil finds out from the graph: nothing behind a `Sigmoid` node.
  public var activation: HeadActivation?
  /// The side of the square of cells that a peak is the largest of: odd.
  public var peak: Int

  /// Makes a form.
  public init(
    heatmap: String, box: String? = nil, size: String? = nil, offset: String? = nil,
    sizes: Size = .cells, activation: HeadActivation? = nil, peak: Int = 3
  ) {
    self.heatmap = heatmap
    self.box = box
    self.size = size
    self.offset = offset
    self.sizes = sizes
    self.activation = activation
    self.peak = peak
  }

  init(_ fields: inout HeadFields) throws(EngineError) {
    heatmap = try fields.required("heatmap", "Name the output (N, classes, H, W) of scores")
    box = try fields.text("box")
    size = try fields.text("size")
    offset = try fields.text("offset")
    guard (box == nil) != (size == nil), box == nil || offset == nil else {
      throw fields.problem(
        "box", "'head' names \(box == nil ? "no sizes" : "'box' beside 'size' or 'offset'")",
        "Give either box: NAME (dx, dy, w, h), or size: NAME and offset: NAME")
    }
    sizes = try fields.choice("sizes") ?? (box == nil ? .cells : .exp)
    activation = try fields.choice("activation")
    peak = try fields.integer("peak", in: 1...31) ?? 3
    guard peak % 2 == 1 else {
      throw fields.problem("peak", "'peak' is \(peak)", "It has to be odd: 1, 3, 5, ...")
    }
  }
}
