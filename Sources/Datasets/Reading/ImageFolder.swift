import Foundation
import Tensors

/// PNG and JPEG files in one folder per class, or in one folder without classes.
struct ImageFolder {
  /// Classes in the order of their names, and the images of each in the order of theirs.
  static func load(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    var paths: [String] = []
    var labels: [Int] = []
    var classNames: [String] = []
    for name in try names(in: path) where isFolder(path + "/" + name) {
      let folder = path + "/" + name
      let images = try names(in: folder).filter(isImage)
      guard !images.isEmpty else { continue }
      paths += images.map { folder + "/" + $0 }
      labels += [Int](repeating: classNames.count, count: images.count)
      classNames.append(name)
    }
    let isClassified = !paths.isEmpty
    if !isClassified { paths = try names(in: path).filter(isImage).map { path + "/" + $0 } }
    guard !paths.isEmpty else {
      throw EngineError(
        .invalidData, path: path,
        problem: "holds no PNG or JPEG images, CIFAR batches or IDX files",
        remedy: "Give a folder with one folder of images for each class")
    }
    if let limit, limit < paths.count {
      paths.removeLast(paths.count - limit)
      if isClassified { labels.removeLast(labels.count - limit) }
    }
    return try load(
      paths, description, labels: isClassified ? labels : nil, classNames: classNames)
  }

  /// Image files in the given order.
  static func load(
    _ paths: [String], _ description: DataDescription?, labels: [Int]? = nil,
    classNames: [String] = []
  ) throws(EngineError) -> LoadedData {
    let source = try FilePixels(
      paths: paths, order: description?.order,
      geometry: description?.geometry ?? ImageGeometry())
    var data = LoadedData(count: paths.count, pixels: source, isResized: true)
    guard let labels else { return data }
    data.labels = labels
    data.classNames = classNames
    let present = Set(labels).count
    if present < classNames.count {
      data.notes.append(
        "the first \(paths.count) images hold \(present) of \(classNames.count) classes")
    }
    return data
  }

  /// Whether a name ends like an image's.
  static func isImage(_ name: String) -> Bool {
    ["png", "jpg", "jpeg"].contains(URL(filePath: name).pathExtension.lowercased())
  }

  /// Whether a folder lies at `path`.
  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The visible entries of a folder, sorted by their UTF-8 bytes, as Python sorts them.
  static func names(in path: String) throws(EngineError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw EngineError(
        .missingFile, path: path, problem: "can't be listed",
        remedy: "Check the path and that you may read it")
    }
  }
}
