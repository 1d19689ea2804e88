import Foundation
import Tensors

/// Images and labels in two IDX files beside each other.
struct IDXPair {
  /// Reads the images at `path` and the labels beside them.
  static func load(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let images = try IDXFile.read(path, limit: limit)
    guard images.rank > 1 else {
      throw EngineError(
        .invalidData, path: path, problem: "holds labels, not images",
        remedy: "Give the file of the images; the labels beside it are found")
    }
    let (pixels, notes) = try ArrayImages.source(
      images, layout: description?.layout, subject: "the images", path: path)
    var data = LoadedData(count: pixels.count, pixels: pixels)
    data.notes = notes
    guard let labelPath = labelPath(beside: path) else {
      data.notes.append("no labels beside \(URL(filePath: path).lastPathComponent)")
      return data
    }
    let labels = try IDXFile.read(labelPath, limit: limit)
    guard labels.rank == 1, labels.count == pixels.count else {
      throw EngineError(
        .invalidData, path: labelPath,
        problem: "has shape \(labels.shape) for \(pixels.count) images",
        remedy: "Give labels that belong to the images")
    }
    data.labels = labels.integers
    return data
  }

  /// The images among the files of a folder: those of the test set, if there are some.
  static func images(among names: [String]) -> String? {
    let found = names.filter { name in
      let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
      return plain.hasSuffix("-ubyte") && plain.contains("images")
    }.sorted()
    return found.first { $0.hasPrefix("t10k") || $0.contains("test") } ?? found.first
  }

  private static func labelPath(beside path: String) -> String? {
    let url = URL(filePath: path)
    let name = url.lastPathComponent
    guard name.contains("images") else { return nil }
    var labels = name.replacing("images", with: "labels")
    for rank in ["idx2", "idx3", "idx4"] { labels = labels.replacing(rank, with: "idx1") }
    let other = labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels + ".gz"
    let folder = url.deletingLastPathComponent()
    return [labels, other].map { folder.appending(path: $0).path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
