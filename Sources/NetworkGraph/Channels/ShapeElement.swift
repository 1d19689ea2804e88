/// One entry of a value that is made of shapes (`Shape`, `Gather`, `Concat` ...).
enum ShapeElement {
  case number(Int)
  /// The length of an axis of a value.
  case length(value: String, axis: Int)
}
