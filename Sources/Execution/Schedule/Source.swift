/// Where a step finds one of its inputs.
enum Source: Sendable {
  /// The value of a slot, as its producer left it.
  case slot(Int)
  /// The value of a slot, copied into another layout.
  case conversion(Int)
  /// A constant, copied into the layout that a primitive wants.
  case prepared(Int)
  /// A constant as it is.
  case constant(Int)
}
