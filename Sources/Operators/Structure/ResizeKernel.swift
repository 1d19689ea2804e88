import Tensors

/// Resizes a tensor by a plan: nearest by a copy, the others axis by axis.
struct ResizeKernel {
  let options: ResizeOptions
  let plan: ResizePlan

  /// The resized tensor.
  func run(_ input: Tensor) throws(EngineError) -> Tensor {
    if options.mode == .nearest {
      let tables = plan.axes.map { axis in
        axis.isIdentity
          ? Array(0..<axis.length) : ResizeAxisTable(axis, options: options).nearestSources
      }
      var fill: Tensor?
      if options.coordinates == .cropAndResize, input.type != .string {
        fill = try CastOperator.convert(
          Tensor(scalar: options.extrapolationValue), to: input.type)
      }
      return TableCopy.copy(input, tables: tables, fill: fill)
    }
    guard input.type.isNumber else {
      throw Shapes.unsupported("Resize of \(input.type) by interpolation")
    }
    let isDouble = input.type == .float64 || input.type.isInteger
    var result = try CastOperator.convert(input, to: isDouble ? .float64 : .float32)
    for (index, axis) in plan.axes.enumerated() where !axis.isIdentity {
      let table = ResizeAxisTable(axis, options: options)
      result =
        isDouble
        ? interpolate(result, axis: index, table: table, Double.self)
        : interpolate(result, axis: index, table: table, Float.self)
    }
    guard let range = input.type.integerRange else {
      return try CastOperator.convert(result, to: input.type)
    }
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    let rounded = UnaryMap.map(result) { (x: Double) in
      min(max(x.rounded(.toNearestOrEven), low), high)
    }
    return try CastOperator.convert(rounded, to: input.type)
  }

  /// Interpolates along one axis; `R` is the element type of the input.
  private func interpolate<R: RealScalar & RealWork>(
    _ input: Tensor, axis: Int, table: ResizeAxisTable, _ type: R.Type
  ) -> Tensor {
    var shape = input.shape
    shape[axis] = plan.axes[axis].resized
    let rows = AxisRows(shape: input.shape, axis: axis)
    let (count, taps, inner) = (shape[axis], table.taps, rows.inner)
    let weights = table.weights.map { R($0) }
    let sources = table.sources
    let blank = R(options.extrapolationValue)
    return Tensor.building(shape, of: R.self) { target in
      input.withElements(of: R.self) { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for block in 0..<rows.outer {
          let base = from + block * rows.length * inner
          for index in 0..<count {
            let row = to + (block * count + index) * inner
            if table.isOutside[index] {
              for position in 0..<inner { row[position] = blank }
              continue
            }
            if inner == 1 {
              var sum: R = 0
              for tap in index * taps..<(index + 1) * taps {
                sum += weights[tap] * base[sources[tap]]
              }
              row[0] = sum
              continue
            }
            for tap in 0..<taps {
              let weight = weights[index * taps + tap]
              let line = base + sources[index * taps + tap] * inner
              if tap == 0 {
                for position in 0..<inner { row[position] = weight * line[position] }
              } else {
                for position in 0..<inner { row[position] += weight * line[position] }
              }
            }
          }
        }
      }
    }
  }
}
