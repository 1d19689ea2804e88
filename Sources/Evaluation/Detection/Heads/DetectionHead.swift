import Tensors

/// How the outputs of one kind of detector become candidates for boxes; one file for each kind.
protocol DetectionHead: Sendable {
  /// The outputs that are read, with what their shape has to be for one sample, in words.
  var outputs: [(name: String, shape: String)] { get }

  /// Checks the shapes of the outputs for one sample, in the order of ``outputs``, before anything is run.
  ///
  /// - Returns: The number of classes; nil when outputs do not tell it.
  /// - Throws: ``HeadMisfit`` that names the output.
  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int?

  /// The candidates with a score above `score`, in the order of the outputs.
  ///
  /// - Parameter arrays: The outputs of one sample, whose shapes were checked, in the order of ``outputs``.
  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox]
}

/// An output whose shape is not what a head needs.
struct HeadMisfit: Error {
  /// Which output, as an index into ``DetectionHead/outputs``.
  var output: Int
}

/// One output of one sample.
struct HeadArray: Sendable {
  /// The shape without the batch axis.
  let shape: [Int]
  /// The elements, row-major.
  let values: [Float]

  /// The element at a place of the flat array.
  subscript(index: Int) -> Double { Double(values[index]) }
}
