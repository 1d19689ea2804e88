import Datasets
import Foundation
import ModelCompression
import Tensors

extension CalibrationSamples {
  /// Opens samples as the command line names them: `FILE`, or `FILE:count` for the first ones.
  ///
  /// - Throws: ``EngineError`` when the data can't be opened or the count is not above 0.
  public init(argument: String) throws(EngineError) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, let count = Int(last),
      !FileManager.default.fileExists(atPath: argument)
    else {
      try self.init(path: argument, count: nil)
      return
    }
    guard count > 0 else {
      throw EngineError(
        .invalidArgument, subject: "--calibration", problem: "\(count) samples are not possible",
        remedy: "Give FILE:count with a count from 1 on")
    }
    try self.init(path: parts.dropLast().joined(separator: ":"), count: count)
  }

  private init(path: String, count: Int?) throws(EngineError) {
    self.init(
      try EvaluationData.open(path: path, limit: count ?? Self.standardCount), count: count)
  }

  /// The samples to calibrate on: those of the command line, else those of the plan's `calibration`
  /// block, else the first of the data that is measured on; nil without any.
  ///
  /// - Parameters:
  ///   - argument: What the command line says, as ``init(argument:)`` reads it.
  ///   - plan: The plan.
  ///   - planPath: Its file: the block's `data` is relative to its folder.
  ///   - data: The data that is measured on.
  /// - Throws: ``EngineError`` when samples that were named can't be opened.
  public static func choose(
    argument: String?, plan: CompressionPlan?, planPath: String?, evaluating data: EvaluationData?
  ) throws(EngineError) -> CalibrationSamples? {
    if let argument { return try CalibrationSamples(argument: argument) }
    let count = plan?.calibration?.count
    guard let name = plan?.calibration?.data else {
      return data.map { CalibrationSamples(evaluating: $0, count: count) }
    }
    var path = name
    if !name.hasPrefix("/"), let planPath {
      let beside = URL(filePath: planPath).deletingLastPathComponent().appending(path: name).path
      if FileManager.default.fileExists(atPath: beside) { path = beside }
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw EngineError(
        .missingFile, path: planPath, subject: "calibration",
        problem: "names the data '\(name)', which are not there",
        remedy: "Correct 'data' (it is relative to the plan's folder), or give --calibration")
    }
    return try CalibrationSamples(path: path, count: count)
  }
}
