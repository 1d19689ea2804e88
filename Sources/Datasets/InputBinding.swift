import Tensors

/// Where the values of a model's input come from.
enum InputBinding {
  /// An array with one row for each item.
  case array(Tensor)
  /// Zeros of this shape for each item, as for the token types of single texts.
  case zeros([Int])
  /// The images, preprocessed.
  case images(any PixelSource)
}
