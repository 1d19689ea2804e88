import Evaluation
import Foundation
import ModelCompression
import Tensors
import WorkbenchCore

/// Writes what the export form asked for, and proves it before saying so.
struct WorkbenchExport {
  let request: ExportRequest
  let engine: PreviewEngine

  /// A path with `~` replaced by the home folder.
  static func expand(_ path: String) -> String { (path as NSString).expandingTildeInPath }

  /// Writes the files.
  ///
  /// - Throws: ``EngineError`` when one exists and may not be replaced, or can't be written.
  func write() async throws -> ExportResult {
    let folder = URL(filePath: Self.expand(request.folder))
    let path = folder.appending(path: request.fileName).path
    let planPath = request.planFileName.map { folder.appending(path: $0).path }
    let companions = request.format.format?.companions(of: path) ?? []
    for existing in [path, planPath].compactMap({ $0 }) + companions
    where !request.overwrites && FileManager.default.fileExists(atPath: existing) {
      throw EngineError(
        .writeFailed, path: existing, problem: "exists already",
        remedy: "Choose another name, or tick 'overwrite existing files'")
    }
    let compressed = try await engine.compress(request.plan)
    var files: [(path: String, bytes: Int)] = []
    var verification = ""
    if let format = request.format.format {
      let exporter = ModelExporter(model: engine.model, compressed: compressed)
      let bytes = try exporter.write(format, to: path)
      files.append((path, bytes))
      let proof = try ExportVerification(
        path: path, model: engine.model, compressed: compressed)
      guard proof.isProven else {
        throw EngineError(
          .verificationFailed, path: path,
          problem: "the written file is not what was previewed: \(proof.exactLayers) of "
            + "\(proof.layers) layers equal, \(proof.bytes) bytes instead of "
            + "\(proof.expectedBytes)",
          remedy: "Do not use the file; please report this with the plan")
      }
      verification =
        (["verified: \(proof.exactLayers) layers equal bit for bit, \(proof.zerosKept) zeros kept"]
        + exporter.notices(format)).joined(separator: "; ")
    } else {
      files.append((path, try request.plan.write(to: path)))
    }
    if let planPath { files.append((planPath, try request.plan.write(to: planPath))) }
    return ExportResult(files: files, verification: verification)
  }
}
