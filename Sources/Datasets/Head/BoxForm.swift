import Tensors

/// Outputs that are boxes already, with a score for each class or with a class and a score.
public struct BoxForm: Sendable, Hashable {
  /// The four numbers of a box.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// Left, top, right, bottom.
    case xyxy
    /// Top, left, bottom, right: TensorFlow's.
    case yxyx
    /// Left, top, width, height: COCO's.
    case xywh
    /// Centre, width, height.
    case cxcywh
  }

  /// What the four numbers count.
  public enum Units: String, Sendable, Hashable, CaseIterable {
    /// Parts of the image, 0 to 1.
    case relative
    /// Pixels of the model's input.
    case pixels
  }

  /// The output of boxes: (N, M, 4); with ``scores`` nil (N, M, 4 + K) or (N, 4 + K, M), which holds the
  /// scores behind the boxes.
  public var boxes: String
  /// The output of scores: (N, M, classes), or (N, M) with ``labels``; nil where ``boxes`` holds them.
  public var scores: String?
  /// The output (N, M) of classes; nil where each class has a score.
  public var labels: String?
  /// The four numbers of a box.
  public var format: Format
  /// What they count.
  public var units: Units
  /// Whether the first of the scores behind a box is its objectness, which the others are multiplied by.
  public var hasObjectness: Bool
  /// The class that stands for none, and is not counted among the classes; nil where there is none.
  public var background: Int?
  /// What is applied to scores.
  public var activation: HeadActivation

  /// Makes a form.
  public init(
    boxes: String, scores: String? = nil, labels: String? = nil, format: Format = .xyxy,
    units: Units = .relative, hasObjectness: Bool = false, background: Int? = nil,
    activation: HeadActivation = .none
  ) {
    self.boxes = boxes
    self.scores = scores
    self.labels = labels
    self.format = format
    self.units = units
    self.hasObjectness = hasObjectness
    self.background = background
    self.activation = activation
  }

  init(_ fields: inout HeadFields) throws(EngineError) {
    boxes = try fields.required("boxes", "Name the output (N, M, 4) of boxes")
    scores = try fields.text("scores")
    labels = try fields.text("labels")
    guard labels == nil || scores != nil else {
      throw fields.problem("labels", "'head' has 'labels' without 'scores'", "Name both outputs")
    }
    format = try fields.choice("format") ?? (scores == nil ? .cxcywh : .xyxy)
    units = try fields.choice("units") ?? (scores == nil ? .pixels : .relative)
    hasObjectness = try fields.choice("objectness", Answer.self) == .yes
    background = try fields.background()
    activation = try fields.choice("activation") ?? .none
  }

  private enum Answer: String, CaseIterable {
    case yes, no
  }
}

extension HeadFields {
  /// Takes `background`: a class's index, or `none`.
  mutating func background() throws(EngineError) -> Int? {
    isWord("background", "none") ? nil : try integer("background", in: 0...100_000)
  }
}
