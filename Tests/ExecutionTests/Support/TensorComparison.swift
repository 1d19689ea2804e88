import Tensors

/// Comparison of tensors.
enum TensorComparison {
  /// What differs first; nil when type, shape and all elements agree within the tolerances.
  static func difference(
    _ actual: Tensor, _ expected: Tensor, relative: Double = 1e-3, absolute: Double = 1e-5
  ) -> String? {
    guard actual.type == expected.type, actual.shape == expected.shape else {
      return "\(actual.type) \(actual.shape) instead of \(expected.type) \(expected.shape)"
    }
    if actual.type == .string {
      return actual.strings == expected.strings ? nil : "strings differ"
    }
    let coarse = actual.type == .float16 || actual.type == .bfloat16
    let (relative, absolute) = coarse ? (4e-3, 1e-3) : (relative, absolute)
    for (index, (value, wanted)) in zip(actual.doubles, expected.doubles).enumerated() {
      if value == wanted || (value.isNaN && wanted.isNaN) { continue }
      guard abs(value - wanted) <= absolute + relative * abs(wanted) else {
        return "element \(index) is \(value) instead of \(wanted)"
      }
    }
    return nil
  }

  /// The largest difference, as a fraction of the largest expected magnitude.
  static func error(_ actual: Tensor, _ expected: Tensor) -> Double {
    let (values, wanted) = (actual.doubles, expected.doubles)
    guard values.count == wanted.count else { return .infinity }
    let scale = wanted.reduce(1e-12) { max($0, abs($1)) }
    return zip(values, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }

  /// Whether both hold the same bytes.
  static func areIdentical(_ a: Tensor, _ b: Tensor) -> Bool {
    a.type == b.type && a.shape == b.shape
      && a.withBytes { first in b.withBytes { first.elementsEqual($0) } }
  }
}
