/// One entry of a value that is made of shapes (`Shape`, `Gather`, `Concat` ...).
enum ShapeElement {
  case number(Int)
  /// The length of an axis of a value.
  case length(value: String, axis: Int)
  /// A number that was calculated from lengths.
  case computed(from: [Length])

  /// An axis of a value.
  struct Length {
    let value: String
    let axis: Int
  }

  /// The lengths that decide the entry.
  var lengths: [Length] {
    switch self {
    case .number: []
    case .length(let value, let axis): [Length(value: value, axis: axis)]
    case .computed(let lengths): lengths
    }
  }
}
