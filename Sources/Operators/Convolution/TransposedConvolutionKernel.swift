import Tensors

/// Transposed convolution: for each kernel position the weighted sum of the input channels, added
/// where that position writes.
struct TransposedConvolutionKernel<R: RowNumber> {
  let shape: TransposedConvolutionShape

  /// The result of an input, a weight and, per output channel, a bias.
  func run(input: [R], weight: [R], bias: [R]?) -> [R] {
    let channels = shape.groups * shape.groupOutputs
    let outputSize = Shapes.product(shape.spatialOutput)
    let inputSize = Shapes.product(shape.input)
    let kernelSize = Shapes.product(shape.kernel)
    var result = [R](repeating: .zeroValue, count: Shapes.product(shape.output))
    var sums = [R](repeating: .zeroValue, count: inputSize)
    let targets = (0..<kernelSize).map { lines(kernel: $0) }
    for sample in 0..<shape.batch {
      for channel in 0..<channels {
        let start = (sample * channels + channel) * outputSize
        if let bias {
          for index in start..<start + outputSize { result[index] = bias[channel] }
        }
        let group = channel / shape.groupOutputs
        for position in 0..<kernelSize {
          let first = (sample * shape.groups + group) * shape.groupInputs * inputSize
          let factor =
            (group * shape.groupInputs * shape.groupOutputs + channel % shape.groupOutputs)
            * kernelSize + position
          add(
            &sums, input, first: first, weight, factor: factor,
            factorStride: shape.groupOutputs * kernelSize)
          scatter(sums, targets[position], kernel: position, into: &result, start: start)
        }
      }
    }
    return result
  }

  private func add(
    _ sums: inout [R], _ input: [R], first: Int, _ weight: [R], factor: Int, factorStride: Int
  ) {
    sums.withUnsafeMutableBufferPointer { sums in
      sums.update(repeating: .zeroValue)
      input.withUnsafeBufferPointer { input in
        weight.withUnsafeBufferPointer { weight in
          guard let target = sums.baseAddress, let sources = input.baseAddress,
            let factors = weight.baseAddress
          else { return }
          R.accumulate(
            target, count: sums.count,
            ScaledRows(
              sources: sources + first, stride: sums.count, factors: factors + factor,
              factorStride: factorStride, depth: shape.groupInputs))
        }
      }
    }
  }

  /// For each input line, the output line that a kernel position writes to; nil when cut off.
  private func lines(kernel position: Int) -> [Int?] {
    let kernel = ConvolutionKernel<R>.coordinates(position, in: shape.kernel)
    let lead = Array(shape.input.dropLast())
    return (0..<Shapes.product(lead)).map { number in
      let coordinates = ConvolutionKernel<R>.coordinates(number, in: lead)
      var offset = 0
      for axis in lead.indices {
        let index =
          coordinates[axis] * shape.strides[axis] + kernel[axis] * shape.dilations[axis]
          - shape.before[axis]
        guard index >= 0, index < shape.spatialOutput[axis] else { return nil }
        offset = offset * shape.spatialOutput[axis] + index
      }
      return offset * shape.spatialOutput[shape.spatialOutput.count - 1]
    }
  }

  private func scatter(
    _ sums: [R], _ lines: [Int?], kernel position: Int, into result: inout [R], start: Int
  ) {
    let axis = shape.input.count - 1
    let kernel = position % shape.kernel[axis]
    let shift = kernel * shape.dilations[axis] - shape.before[axis]
    let length = shape.input[axis]
    let step = shape.strides[axis]
    for (number, line) in lines.enumerated() {
      guard let line else { continue }
      for index in 0..<length {
        let column = index * step + shift
        guard column >= 0, column < shape.spatialOutput[axis] else { continue }
        let target = start + line + column
        result[target] = R.plus(result[target], sums[number * length + index])
      }
    }
  }
}
