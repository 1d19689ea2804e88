import Foundation
import Tensors

/// Comparison of tensors as ONNX's own test runner does it.
public enum TensorDifference {
  /// What differs first; nil when type, shape and elements agree.
  ///
  /// Floats agree within `absolute + relative x |expected|`, 16-bit floats within two units in the
  /// last place (intermediate values are rounded too), 8-bit floats within one, NaN with NaN; all
  /// else agrees exactly.
  public static func describe(
    _ actual: Tensor, expected: Tensor, relative: Double = 1e-3, absolute: Double = 1e-7
  ) -> String? {
    guard actual.type == expected.type, actual.shape == expected.shape else {
      return "\(actual.type) \(actual.shape) instead of \(expected.type) \(expected.shape)"
    }
    if actual.type == .string {
      return actual.strings == expected.strings
        ? nil : "\(actual.strings) instead of \(expected.strings)"
    }
    if actual.type.isInteger || actual.type == .bool {
      let (values, wanted) = (actual.integers, expected.integers)
      guard let index = values.indices.first(where: { values[$0] != wanted[$0] }) else {
        return nil
      }
      return "element \(index) is \(values[index]) instead of \(wanted[index])"
    }
    let tolerance = max(relative, unit(actual.type))
    for (index, (value, wanted)) in zip(actual.doubles, expected.doubles).enumerated() {
      if value == wanted || (value.isNaN && wanted.isNaN) { continue }
      guard abs(value - wanted) <= absolute + tolerance * abs(wanted) else {
        return "element \(index) is \(value) instead of \(wanted)"
      }
    }
    return nil
  }

  /// The relative size of these units, where they are coarser than the usual tolerance.
  private static func unit(_ type: ElementType) -> Double {
    switch type {
    case .bfloat16: 0x1p-6
    case .float16: 0x1p-9
    case .float8e4m3fn, .float8e4m3fnuz: 0x1p-3
    case .float8e5m2, .float8e5m2fnuz: 0x1p-2
    default: 0
    }
  }
}
