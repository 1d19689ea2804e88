/// A copy of a slot's value in another layout, made when the first reader wants it and shared by the
/// rest.
struct Conversion: Sendable {
  /// The slot.
  let slot: Int
  /// What is copied: the slot itself, or another conversion of it.
  let source: Source
  /// How the bytes of the source are seen.
  let view: DataLayout
  /// The layout of the copy.
  let target: DataLayout
  /// The shape that the copy has as a plain value.
  let shape: [Int]
  /// The copying primitive.
  let reorder: Primitive
}
