import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport

/// What PyTorch makes of the same numbers (`Tests/Judges/training.py`).
enum TorchJudge {
  /// Whether PyTorch is installed.
  static let isAvailable: Bool =
    JudgePython.isAvailable && (try? JudgePython.run("import torch")) != nil

  /// The arrays that it gives for those given.
  static func judge(
    _ arrays: OrderedDictionary<String, Tensor>
  ) throws -> OrderedDictionary<String, Tensor> {
    let folder = try TemporaryFolder()
    let (input, output) = (folder.path("in.npz"), folder.path("out.npz"))
    try NPZFile.write(arrays, to: input)
    _ = try JudgePython.run(file: "training.py", arguments: [input, output])
    return try NPZFile.read(path: output)
  }

  /// Normal numbers by Box and Muller.
  static func normal(_ shape: [Int], seed: UInt64, scale: Double = 1) -> Tensor {
    var random = SeededGenerator(seed: seed)
    let values = (0..<shape.reduce(1, *)).map { _ in
      let radius = (-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random)))
        .squareRoot()
      return Float(scale * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random)))
    }
    return Tensor(shape, values)
  }

  /// The largest difference of two tensors, relative to the largest of the second.
  static func difference(_ found: [Float], _ wanted: Tensor?) -> Double {
    guard let wanted, wanted.count == found.count else { return .infinity }
    let numbers = wanted.doubles
    let largest = numbers.reduce(1e-30) { max($0, $1.magnitude) }
    return zip(found, numbers).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) } / largest
  }
}
