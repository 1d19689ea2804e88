import Foundation
import Tensors

/// YOLO's text labels: of each image a file of its name, of each object a line `class cx cy w h`, with the
/// centre and size as parts of the image.
///
/// An image without a file, or with an empty one, holds no objects. `classes.txt` beside the labels, or in
/// the folder above, names the classes, one a line.
enum YOLOLabels {
  /// Reads the labels of images into `data`.
  ///
  /// - Throws: ``EngineError`` naming file and line.
  static func read(
    _ folder: String, names: [String], images: [String], into data: inout LoadedData
  ) throws(EngineError) {
    let files = Set(names)
    var boxes: [GroundTruthBox] = []
    for (index, image) in images.enumerated() {
      let name = BoxLabels.stem(image) + ".txt"
      guard files.contains(name) else { continue }
      boxes += try read(folder + "/" + name, image: index)
    }
    data.boxes = boxes
    data.classNames = try classNames(folder)
  }

  private static func read(_ path: String, image: Int) throws(EngineError) -> [GroundTruthBox] {
    var boxes: [GroundTruthBox] = []
    let text = try BoxLabels.text(path)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      func wrong(_ problem: String) -> EngineError {
        EngineError(
          .malformedFile, path: path, subject: "line \(number + 1)", problem: problem,
          remedy: "A line is: class cx cy w h, the last four from 0 to 1")
      }
      guard words.count == 5 else { throw wrong("has \(words.count) numbers instead of 5") }
      guard let index = Int(words[0]), (0..<1_000_000).contains(index) else {
        throw wrong("'\(words[0].prefix(40))' is no class")
      }
      var numbers: SIMD4<Double> = .zero
      for place in 0..<4 {
        guard let value = Double(words[place + 1]), (-1...2).contains(value) else {
          throw wrong("'\(words[place + 1].prefix(40))' is no part of an image")
        }
        numbers[place] = value
      }
      guard numbers.z >= 0, numbers.w >= 0 else { throw wrong("the box has a negative size") }
      boxes.append(
        GroundTruthBox(
          imageIndex: image, classIndex: index,
          corners: SIMD4<Float>([
            numbers.x - numbers.z / 2, numbers.y - numbers.w / 2, numbers.x + numbers.z / 2,
            numbers.y + numbers.w / 2,
          ])))
    }
    return boxes
  }

  private static func classNames(_ folder: String) throws(EngineError) -> [String]? {
    let above = URL(filePath: folder).deletingLastPathComponent().path
    for path in [folder + "/classes.txt", above + "/classes.txt"]
    where FileManager.default.fileExists(atPath: path) {
      let names = try BoxLabels.text(path).split(whereSeparator: \.isNewline).map {
        $0.trimmingCharacters(in: .whitespaces)
      }.filter { !$0.isEmpty }
      if !names.isEmpty { return names }
    }
    return nil
  }
}
