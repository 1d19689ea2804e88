/// One bit: the sign, times the mean magnitude of the weights that are not zero (XNOR-Net,
/// 1603.05279, section 3.1: the scale that minimizes the square error for signs).
///
/// Zeros, pruned or original, stay exactly zero: a third code, 0, stands for them. Where there is one, a
/// code takes two bits when packed, or one behind a bitmask.
struct BinaryGrid: WeightGrid {
  let form: QuantizedForm
  let scales: [Float]

  /// The scales of the non-zero weights of each place; 1 where there are none.
  init(form: QuantizedForm, values: [[Float]]) {
    self.form = form
    scales = values.map { values in
      guard !values.isEmpty else { return 1 }
      let sum = values.reduce(0.0) { $0 + Double($1.magnitude) }
      let mean = Float(sum / Double(values.count))
      return mean > 0 ? mean : 1
    }
  }

  func code(_ weight: Float, at place: Int) -> Int32 { weight > 0 ? 1 : (weight < 0 ? -1 : 0) }

  func value(_ code: Int32, at place: Int) -> Float { Float(code) * scales[place] }
}
