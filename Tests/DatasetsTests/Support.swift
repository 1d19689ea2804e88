import Datasets
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// A model's image input of the given shape; nil lengths are symbolic.
func input(_ shape: [Int?]?, type: ElementType? = .float32, name: String = "input") -> ValueInfo {
  ValueInfo(
    name: name, type: type,
    shape: shape?.map { $0.map { Dimension.fixed($0) } ?? Dimension.symbol("N") })
}

/// The stored pixels of images, as a model of uint8 input gets them.
func pixels(_ data: EvaluationData, _ indices: [Int]) throws -> Tensor {
  try #require(
    try data.inputs(for: indices, graphInputs: [input(nil, type: .uint8)])["input"])
}

/// Float batch for an input of any shape.
func batch(_ data: EvaluationData, _ indices: [Int], _ shape: [Int?]? = nil) throws -> Tensor {
  try #require(try data.inputs(for: indices, graphInputs: [input(shape)])["input"])
}

/// Expects an error whose text holds all of `parts`.
func expectError(
  _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation,
  from body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch let error as EngineError {
    for part in parts {
      #expect(
        error.description.contains(part), "\(error.description)", sourceLocation: sourceLocation)
    }
    #expect(error.remedy != nil, "no remedy: \(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}

/// The bytes of an IDX file of unsigned bytes.
func idx(_ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(shape.count)]
    + shape.flatMap { length in (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } }
    + bytes
}
