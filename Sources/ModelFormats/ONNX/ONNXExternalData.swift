import Foundation
import Tensors

/// The data files beside a model that hold its large tensors; each is mapped once.
final class ONNXExternalData {
  private let modelPath: String?
  private var files: [String: TensorStorage] = [:]

  /// Bytes of the files mapped so far.
  var byteCount: Int { files.values.reduce(0) { $0 + $1.byteCount } }

  /// `modelPath` nil refuses external data.
  init(modelPath: String?) {
    self.modelPath = modelPath
  }

  /// A view of `byteCount` bytes as the `external_data` entries of a tensor say.
  func view(
    _ entries: [String: String], byteCount: Int
  ) throws(EngineError) -> (storage: TensorStorage, byteOffset: Int) {
    guard let location = entries["location"] else {
      throw EngineError(
        .malformedFile, problem: "is external data without a location",
        remedy: ProtobufReader.damagedRemedy)
    }
    let offset = try number(entries, "offset") ?? 0
    let length = try number(entries, "length") ?? byteCount
    guard length == byteCount else {
      throw EngineError(
        .malformedFile,
        problem: "has \(length) bytes in '\(location)' where its shape needs \(byteCount)",
        remedy: ProtobufReader.damagedRemedy)
    }
    let storage = try file(location)
    guard offset <= storage.byteCount, length <= storage.byteCount - offset else {
      throw EngineError(
        .truncatedFile, path: path(location), byteOffset: offset,
        problem: "needs \(length) bytes here, but the file has \(storage.byteCount) in all",
        remedy: "Copy or download the data file again, whole")
    }
    return (storage, offset)
  }

  private func number(
    _ entries: [String: String], _ key: String
  ) throws(EngineError) -> Int? {
    guard let text = entries[key] else { return nil }
    guard let value = Int(text), value >= 0 else {
      throw EngineError(
        .malformedFile, problem: "has '\(text)' as \(key) of its external data, not a number",
        remedy: ProtobufReader.damagedRemedy)
    }
    return value
  }

  private func file(_ location: String) throws(EngineError) -> TensorStorage {
    if let storage = files[location] { return storage }
    try check(location)
    let path = path(location)
    do throws(EngineError) {
      let storage = TensorStorage(file: try MappedFile(path: path))
      files[location] = storage
      return storage
    } catch {
      var named = error
      named.problem = "external data file can't be read: \(error.problem)"
      named.remedy = "Put '\(location)' beside the model: both belong together"
      throw named
    }
  }

  private func path(_ location: String) -> String { folder + "/" + location }

  private var folder: String {
    let folder = ((modelPath ?? "") as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// The data has to stay with the model: a model must not read other files of the machine.
  private func check(_ location: String) throws(EngineError) {
    guard modelPath != nil else {
      throw EngineError(
        .unsupported, problem: "is external data, which a model in memory can't have",
        remedy: "Open the model by its path")
    }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    let leaves =
      location.hasPrefix("/") || location.contains("\0") || parts.contains("..")
      || location.isEmpty || resolvesElsewhere(location)
    if leaves {
      throw EngineError(
        .malformedFile,
        problem: "has its external data at '\(location)', outside the model's folder",
        remedy: "Put the data file into the model's folder and export or edit the location")
    }
  }

  /// Whether a symbolic link leads out, both of the model's folder and of where the model itself
  /// links to (download caches link every file of a model into one folder).
  private func resolvesElsewhere(_ location: String) -> Bool {
    guard let target = resolve(path(location)) else { return false }
    let homes = [
      resolve(folder),
      modelPath.flatMap(resolve).map { ($0 as NSString).deletingLastPathComponent },
    ]
    return !homes.compactMap { $0 }.contains { target.hasPrefix($0 == "/" ? $0 : $0 + "/") }
  }

  private func resolve(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
