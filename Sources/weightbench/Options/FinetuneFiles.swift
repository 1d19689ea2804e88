import Foundation
import Tensors

/// The files of a training run, looked at before it begins: hours later would be too late.
struct FinetuneFiles {
  let model: String
  let plan: String
  let output: String
  let planOutput: String
  let checkpoint: String?

  /// - Throws: ``EngineError`` with code `writeFailed` when a file can't be written, exists already, or is
  ///   one of those that are read.
  func check(overwrites: Bool) throws(EngineError) {
    let read = Set([model, plan].map(Self.place))
    for path in [output, planOutput] {
      guard !read.contains(Self.place(path)) else {
        throw EngineError(
          .writeFailed, path: path, problem: "is what is trained",
          remedy: "Give another name: model and plan stay as they are")
      }
      guard overwrites || !FileManager.default.fileExists(atPath: path) else {
        throw EngineError(
          .writeFailed, path: path, problem: "exists already",
          remedy: "Give another name, or --overwrite")
      }
    }
    for path in [output, planOutput, checkpoint].compactMap({ $0 }) { try Self.checkFolder(path) }
  }

  private static func place(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func checkFolder(_ path: String) throws(EngineError) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else {
      throw EngineError(
        .writeFailed, path: path, problem: "can't be written: its folder does not exist",
        remedy: "Create the folder first")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw EngineError(
        .writeFailed, path: path, problem: "can't be written: its folder is read-only",
        remedy: "Give a folder that may be written")
    }
  }
}
