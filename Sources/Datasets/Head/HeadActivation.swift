/// What is applied to a head's scores before they are probabilities.
public enum HeadActivation: String, Sendable, Hashable, CaseIterable {
  /// Nothing: they are probabilities already.
  case none
  /// 1 / (1 + exp(-x)), each by itself.
  case sigmoid
  /// exp(x) over the sum of all classes.
  case softmax
}
