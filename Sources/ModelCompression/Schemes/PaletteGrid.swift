/// Levels for each place of a layout, and the index of the nearest one for each weight.
struct PaletteGrid: WeightGrid {
  let form: QuantizedForm
  /// Ascending inside each palette.
  let palettes: [Float]

  /// The index of the nearest level; of two equally near ones the lower.
  func code(_ weight: Float, at place: Int) -> Int32 {
    let length = form.paletteLength
    let first = place * length
    return palettes.withUnsafeBufferPointer { levels in
      // The first level that is not below the weight.
      var low = 0
      var high = length
      while low < high {
        let middle = (low + high) / 2
        if levels[first + middle] < weight { low = middle + 1 } else { high = middle }
      }
      if low == length { return Int32(length - 1) }
      guard low > 0 else { return 0 }
      let below = Double(weight) - Double(levels[first + low - 1])
      let above = Double(levels[first + low]) - Double(weight)
      return Int32(below <= above ? low - 1 : low)
    }
  }

  func value(_ code: Int32, at place: Int) -> Float {
    palettes[place * form.paletteLength + Int(code)]
  }
}
