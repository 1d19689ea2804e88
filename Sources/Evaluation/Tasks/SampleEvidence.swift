import Foundation

/// What a task keeps of one network's outputs for one sample: the few numbers that its figures are made
/// of, such as the cosine of a pair of embeddings, or the corners of the boxes that were found.
///
/// Each ``EvaluationMeasure`` decides what the numbers mean. They are kept for every sample, so that
/// figures that are no mean over samples can be computed again at any time; in journals they are written
/// as base64 of their 64-bit patterns, which keeps infinities and every last bit.
public struct SampleEvidence: Sendable, Hashable, Codable {
  /// The numbers.
  public let values: [Double]

  /// Keeps `values`.
  public init(_ values: [Double]) { self.values = values }

  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let data = Data(base64Encoded: try container.decode(String.self)), data.count % 8 == 0
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not the base64 of 64-bit floats")
    }
    values = stride(from: 0, to: data.count, by: 8).map { start in
      Double(bitPattern: data[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// Writes the bit patterns, little-endian, as base64.
  public func encode(to encoder: any Encoder) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 8)
    for value in values {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
      }
    }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes).base64EncodedString())
  }
}
