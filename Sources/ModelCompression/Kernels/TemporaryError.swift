extension WeightKernels {
  static func squaredError(
    _ values: UnsafeBufferPointer<Float>, scale: Float, zero: Float, lowest: Float, highest: Float
  ) -> Double {
    values.reduce(0) { sum, value in
      let code = min(max((value / scale).rounded(.toNearestOrEven) + zero, lowest), highest)
      let error = Double(value - (code - zero) * scale)
      return sum + error * error
    }
  }
}
