import Tensors

/// A head of offsets from prior boxes: Liu et al., SSD: Single Shot MultiBox Detector (2016), with
/// variances as in its published code.
///
/// With a prior (cx, cy, w, h) as parts of the image and variances (v, v, u, u): centre
/// (cx + tx v w, cy + ty v h), size (w exp(tw u), h exp(th u)).
public struct PriorForm: Sendable, Hashable {
  /// Where prior boxes come from.
  public enum Priors: Sendable, Hashable {
    /// A `.npy` file of (M, 4), relative to the description.
    case file(String)
    /// Made for each map of cells.
    case grids([Grid])
  }

  /// The prior boxes of one map of cells, row by row; of a cell one after the other.
  public struct Grid: Sendable, Hashable {
    /// Rows and columns of the map.
    public var rows: Int
    /// Columns of the map.
    public var columns: Int
    /// Width and height of each prior of a cell, as parts of the image.
    public var sizes: [SIMD2<Float>]

    /// Makes a grid.
    public init(rows: Int, columns: Int, sizes: [SIMD2<Float>]) {
      self.rows = rows
      self.columns = columns
      self.sizes = sizes
    }
  }

  /// The output (N, M, 4) of offsets.
  public var offsets: String
  /// The output (N, M, classes) of scores.
  public var scores: String
  /// The prior boxes.
  public var priors: Priors
  /// What the file of priors stores.
  public var format: BoxForm.Format
  /// Of centre and size.
  public var variances: SIMD2<Float>
  /// The class that stands for none.
  public var background: Int?
  /// What is applied to scores.
  public var activation: HeadActivation

  /// Makes a form.
  public init(
    offsets: String, scores: String, priors: Priors, format: BoxForm.Format = .cxcywh,
    variances: SIMD2<Float> = [0.1, 0.2], background: Int? = 0,
    activation: HeadActivation = .softmax
  ) {
    self.offsets = offsets
    self.scores = scores
    self.priors = priors
    self.format = format
    self.variances = variances
    self.background = background
    self.activation = activation
  }

  init(_ fields: inout HeadFields) throws(EngineError) {
    offsets = try fields.required("offsets", "Name the output (N, M, 4) of offsets from the priors")
    scores = try fields.required("scores", "Name the output (N, M, classes) of scores")
    let maps = try fields.table("maps")
    let sizes = try fields.table("sizes")
    if let maps, let sizes {
      priors = .grids(try Self.grids(maps, sizes, fields))
    } else if let name = try fields.text("priors") {
      priors = .file(name)
    } else {
      throw fields.problem(
        "priors", "'head' does not say what the prior boxes are",
        "Give priors: FILE.npy, or maps: [[rows, columns], ...] and "
          + "sizes: [[width, height, width, height, ...], ...] as parts of the image")
    }
    _ = fields.take("priors")
    format = try fields.choice("format") ?? .cxcywh
    let values = try fields.numbers("variances", positive: true) ?? [0.1, 0.2]
    guard values.count == 2 || values.count == 4 && values[0] == values[1] && values[2] == values[3]
    else {
      throw DescriptionParser.problem(
        fields.node, "'variances' are not two numbers",
        "Give those of centre and size, as [0.1, 0.2]")
    }
    variances = [values[0], values[values.count - 1]]
    background = fields.has("background") ? try fields.background() : 0
    activation = try fields.choice("activation") ?? .softmax
  }

  private static func grids(
    _ maps: [[Float]], _ sizes: [[Float]], _ fields: HeadFields
  ) throws(EngineError) -> [Grid] {
    var grids: [Grid] = []
    for (map, size) in zip(maps, sizes) {
      guard map.count == 2, map.allSatisfy({ $0 == $0.rounded() && $0 <= 4096 }), !size.isEmpty,
        size.count % 2 == 0
      else { break }
      grids.append(
        Grid(
          rows: Int(map[0]), columns: Int(map[1]),
          sizes: stride(from: 0, to: size.count, by: 2).map { [size[$0], size[$0 + 1]] }))
    }
    guard grids.count == maps.count, maps.count == sizes.count else {
      throw DescriptionParser.problem(
        fields.node, "'maps' and 'sizes' do not fit each other",
        "Give one [rows, columns] and one list of widths and heights for each map")
    }
    return grids
  }
}
