import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import OrderedCollections
import Tensors

/// A training run on disk: everything that the next step depends on.
///
/// An `.npz` file, replaced as a whole, so that a process that is killed leaves the one before. Random
/// numbers depend on seed, epoch and sample, and need no place in it.
struct TrainingCheckpoint {
  /// The file.
  let path: String

  /// What is told beside arrays.
  private struct Header: Codable {
    var identity: String
    var counters: TrainingState.Counters
  }

  private static let headerKey = "state.json"
  private static let bestPrefix = "best/"

  /// Whether there is one.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// What a run depends on: a run is only taken up with the same.
  ///
  /// - Throws: ``EngineError`` when the model can't be read.
  static func identity(
    engine: PreviewEngine, plan: CompressionPlan, settings: FinetuneSettings
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let parts = [
      try engine.model.sha256(), "\(engine.model.foldedBatchNorms)", plan.text(.json),
      String(decoding: try encoder.encode(settings), as: UTF8.self), engine.data?.path ?? "",
      "\(engine.data?.count ?? 0)",
    ]
    var hash = SHA256()
    for part in parts { Array((part + "\n").utf8).withUnsafeBytes { hash.update($0) } }
    return hash.hexDigest()
  }

  /// Writes a state.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`; the file before is untouched then.
  func write(_ state: TrainingState, identity: String) throws {
    var arrays: OrderedDictionary<String, Tensor> = [:]
    let header = try JSONEncoder.exact.encode(
      Header(identity: identity, counters: state.counters))
    arrays[Self.headerKey] = Tensor([header.count], [UInt8](header))
    for (index, parameter) in state.parameters.enumerated() {
      arrays[parameter.key] = Tensor([parameter.values.count], parameter.values)
      for (slot, values) in parameter.slots.enumerated() {
        arrays["slot\(slot)/" + parameter.key] = Tensor([values.count], values)
      }
      if state.bestValues.indices.contains(index) {
        let best = state.bestValues[index]
        arrays[Self.bestPrefix + parameter.key] = Tensor([best.count], best)
      }
    }
    try NPZFile.write(arrays, to: path)
  }

  /// Reads a state for the same parameters.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` when it belongs to another run.
  func read(into start: TrainingState, identity: String) throws -> TrainingState {
    let arrays = try NPZFile.read(path: path)
    guard let bytes = arrays[Self.headerKey], bytes.type == .uint8,
      let header = try? JSONDecoder.exact.decode(
        Header.self, from: Data(bytes.array(of: UInt8.self)))
    else {
      throw EngineError(
        .malformedFile, path: path, problem: "is no checkpoint of a training run",
        remedy: "Give another name, or remove the file")
    }
    guard header.identity == identity else {
      throw EngineError(
        .invalidArgument, path: path,
        problem: "belongs to a run with another model, plan, data or other settings",
        remedy: "Repeat that run's options, or give another name to begin anew")
    }
    func array(_ key: String, like values: [Float]) throws(EngineError) -> [Float] {
      guard let found = arrays[key], found.type == .float32, found.count == values.count else {
        throw EngineError(
          .malformedFile, path: path, problem: "does not hold '\(key)'",
          remedy: "Remove the file to begin anew")
      }
      return found.floats
    }
    var state = start
    state.counters = header.counters
    for index in state.parameters.indices {
      let parameter = state.parameters[index]
      state.parameters[index].values = try array(parameter.key, like: parameter.values)
      for slot in parameter.slots.indices {
        state.parameters[index].slots[slot] = try array(
          "slot\(slot)/" + parameter.key, like: parameter.values)
      }
    }
    if state.counters.best != nil {
      state.bestValues = try state.parameters.map {
        try array(Self.bestPrefix + $0.key, like: $0.values)
      }
    }
    return state
  }
}

extension JSONEncoder {
  /// Numbers that JSON lacks are written as words.
  fileprivate static var exact: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }
}

extension JSONDecoder {
  /// The counterpart of the encoder.
  fileprivate static var exact: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }
}
