import NetworkGraph
import Tensors

/// The columns that the weights of a convolution multiply ("im2col"): with a weight flattened to
/// O x J, J = inputs of a group x kernel positions, row r of the columns holds the J inputs of output
/// position r, so that the result there is weight x row.
///
/// Column j counts inputs of the group first, then kernel positions, row-major. Padding is zeros;
/// strides, dilations and groups are those of the node. For `ConvTranspose` a column holds the input
/// that kernel position reaches at an output position, or zero where it reaches none.
public struct InputColumns: Sendable {
  /// Groups, each with columns of its own.
  public let groups: Int
  /// Columns J of one group.
  public let columns: Int
  /// Samples of the batch.
  public let samples: Int
  /// Lines of output positions of one sample: all spatial axes but the last.
  public let lines: Int
  /// Output positions of a line.
  public let lineLength: Int

  /// Input channels of one group.
  private let groupInputs: Int
  /// Elements of one input channel.
  private let planeSize: Int
  /// Kernel positions on all spatial axes but the last.
  private let outerPositions: Int
  /// For each outer kernel position and output line the first element of the input line that it
  /// meets; -1 for padding.
  private let lineStarts: [Int]
  /// For each kernel position on the last axis, what it meets on an output line.
  private let taps: [Tap]

  /// The columns of a `Conv` or `ConvTranspose` node.
  ///
  /// - Parameters:
  ///   - node: The node.
  ///   - input: Shape of its input, (N, C, spatial axes).
  ///   - weight: Shape of its weight as the operator sees it.
  /// - Throws: ``EngineError`` with code `shapeMismatch` when they do not fit.
  public init(_ node: Node, input: [Int], weight: [Int]) throws(EngineError) {
    let call = OperatorCall(node: node, opset: 13)
    let kernel = Array(weight.dropFirst(2))
    let output: [Int]
    // Output position and kernel position to input position; -1 where there is none.
    let meets: (_ axis: Int, _ position: Int, _ tap: Int) -> Int
    let lengths = Array(input.dropFirst(2))
    if node.op == "ConvTranspose" {
      let shape = try TransposedConvolutionShape(call, input: input, weight: weight)
      (groups, groupInputs, output) = (shape.groups, shape.groupInputs, shape.spatialOutput)
      meets = { axis, position, tap in
        let reached = position + shape.before[axis] - tap * shape.dilations[axis]
        guard reached >= 0, reached % shape.strides[axis] == 0 else { return -1 }
        let place = reached / shape.strides[axis]
        return place < lengths[axis] ? place : -1
      }
    } else {
      let shape = try ConvolutionShape(call, input: input, weight: weight)
      (groups, groupInputs, output) = (shape.groups, shape.groupInputs, shape.windows.output)
      let windows = shape.windows
      meets = { axis, position, tap in
        let place =
          position * windows.strides[axis] + tap * windows.dilations[axis] - windows.before[axis]
        return (0..<lengths[axis]).contains(place) ? place : -1
      }
    }
    samples = input[0]
    planeSize = Shapes.product(lengths)
    let last = lengths.count - 1
    let outerKernel = Array(kernel.dropLast())
    outerPositions = Shapes.product(outerKernel)
    columns = groupInputs * Shapes.product(kernel)
    lines = Shapes.product(output.dropLast())
    lineLength = output[last]
    taps = (0..<kernel[last]).map { tap in
      Tap((0..<output[last]).map { meets(last, $0, tap) })
    }
    var starts: [Int] = []
    for tap in 0..<outerPositions {
      for line in 0..<lines {
        var (tapLeft, lineLeft, start, stride) = (tap, line, 0, lengths[last])
        for axis in (0..<last).reversed() {
          let place = meets(axis, lineLeft % output[axis], tapLeft % kernel[axis])
          start = place < 0 || start < 0 ? -1 : start + place * stride
          stride *= lengths[axis]
          tapLeft /= kernel[axis]
          lineLeft /= output[axis]
        }
        starts.append(start)
      }
    }
    lineStarts = starts
  }

  /// Writes the columns of some lines of one sample and group: column j at `target + j * stride`, its
  /// output positions side by side.
  ///
  /// - Parameters:
  ///   - input: The whole input, row-major.
  ///   - sample: Which sample.
  ///   - group: Which group.
  ///   - range: Which lines.
  ///   - target: Where to write.
  ///   - stride: Elements from one column to the next, at least lines x ``lineLength``.
  public func write(
    _ input: UnsafePointer<Float>, sample: Int, group: Int, lines range: Range<Int>,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let firstChannel = (sample * groups + group) * groupInputs
    var column = target
    for channel in 0..<groupInputs {
      let plane = input + (firstChannel + channel) * planeSize
      for position in 0..<outerPositions {
        for tap in taps {
          var line = column
          for number in range {
            let start = lineStarts[position * lines + number]
            if start < 0 {
              line.update(repeating: 0, count: lineLength)
            } else {
              tap.copy(plane + start, to: line, count: lineLength)
            }
            line += lineLength
          }
          column += stride
        }
      }
    }
  }
}

/// What one kernel position of the last axis meets along an output line.
private struct Tap: Sendable {
  /// Input elements by output position; -1 for padding.
  let places: [Int]
  /// Output positions with an input, when those inputs lie side by side; nil otherwise.
  let run: Range<Int>?

  /// Finds out whether the inputs lie side by side.
  init(_ places: [Int]) {
    self.places = places
    let first = places.firstIndex { $0 >= 0 } ?? 0
    let end = max((places.lastIndex { $0 >= 0 } ?? -1) + 1, first)
    let isRun = (first..<end).allSatisfy { places[$0] == places[first] + $0 - first }
    run = isRun ? first..<end : nil
  }

  /// Writes one line of a column.
  @inline(__always)
  func copy(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    if let run {
      target.update(repeating: 0, count: run.lowerBound)
      if !run.isEmpty {
        (target + run.lowerBound).update(
          from: source + places[run.lowerBound], count: run.count)
      }
      (target + run.upperBound).update(repeating: 0, count: count - run.upperBound)
      return
    }
    places.withUnsafeBufferPointer { places in
      for index in 0..<count {
        target[index] = places[index] < 0 ? 0 : source[places[index]]
      }
    }
  }
}
