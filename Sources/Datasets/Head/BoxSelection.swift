import Tensors

/// Which of a head's candidates are taken as boxes.
public struct BoxSelection: Sendable, Hashable {
  /// Candidates with a score up to this are left out.
  public var score: Float
  /// Of two boxes of one class the one with the lower score goes when their intersection over union is
  /// above this; nil keeps both.
  public var overlap: Float?
  /// The most boxes of an image, highest scores first.
  public var limit: Int
  /// The score from which on a box counts as found where there are no labels, and in pictures.
  public var shown: Float

  /// Makes a selection.
  public init(score: Float, overlap: Float? = 0.5, limit: Int = 1000, shown: Float = 0.5) {
    self.score = score
    self.overlap = overlap
    self.limit = limit
    self.shown = shown
  }

  init(_ fields: inout HeadFields, defaultScore: Float) throws(EngineError) {
    score = try fields.number("score", in: 0...1) ?? defaultScore
    shown = try fields.number("shown", in: 0...1) ?? 0.5
    limit = try fields.integer("limit", in: 1...100_000) ?? 1000
    if fields.isWord("nms", "none") {
      overlap = nil
    } else {
      overlap = try fields.number("nms", in: 0...1) ?? 0.5
    }
  }
}

extension HeadFields {
  /// Takes a key if it holds this word, such as `none`.
  mutating func isWord(_ key: String, _ word: String) -> Bool {
    guard value(key)?.scalar?.string.lowercased() == word else { return false }
    _ = take(key)
    return true
  }
}
