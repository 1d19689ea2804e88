import Tensors

/// Pascal VOC's XML labels: of each image a file of its name with `object`s, each with a `name`, a `bndbox`
/// in pixels, and whether it is `difficult`.
///
/// Coordinates are taken as they stand, xmin and ymin as left and top edge: the challenge's own files count
/// pixels from 1, most others from 0.
enum VOCAnnotations {
  /// An object before its class has a number.
  private struct Object {
    var image: Int
    var name: String
    var pixels: SIMD4<Double>
    var isDifficult: Bool
  }

  /// Reads the labels of images into `data`; an image without a file holds no objects.
  ///
  /// - Throws: ``EngineError`` naming the file, and the byte where the XML breaks.
  static func read(
    _ folder: String, names: [String], images: [String], _ description: DataDescription?,
    into data: inout LoadedData
  ) throws(EngineError) {
    let files = Set(names)
    var objects: [Object] = []
    for (index, image) in images.enumerated() {
      let name = BoxLabels.stem(image) + ".xml"
      guard files.contains(name) else { continue }
      let path = folder + "/" + name
      do {
        objects += try read(path, image: index)
      } catch {
        throw error.inFile(path)
      }
    }
    let found = Set(objects.map(\.name)).sorted()
    let classes = description?.classNames ?? found
    var numbers: [String: Int] = [:]
    for (index, name) in classes.enumerated() { numbers[name] = index }
    var boxes: [GroundTruthBox] = []
    for object in objects {
      guard let number = numbers[object.name] else {
        throw EngineError(
          .invalidData, path: folder, subject: images[object.image],
          problem: "holds the class '\(object.name)', which 'classes' does not name",
          remedy:
            "Name it in the data description; the labels hold \(found.joined(separator: ", "))")
      }
      let size = data.imageSizes?[object.image] ?? [1, 1]
      boxes.append(
        GroundTruthBox(
          imageIndex: object.image, classIndex: number,
          corners: BoxLabels.corners(object.pixels, in: size), pixels: object.pixels,
          isDifficult: object.isDifficult))
    }
    data.boxes = boxes
    data.classNames = classes.isEmpty ? nil : classes
    if description?.classNames == nil {
      data.notes.append("classes are numbered in the order of their names")
    }
  }

  private static func read(_ path: String, image: Int) throws(EngineError) -> [Object] {
    let root = try XMLTree.parse(try BoxLabels.text(path))
    guard root.name == "annotation" else {
      throw EngineError(
        .malformedFile, subject: "element '\(root.name.prefix(40))'",
        problem: "is not Pascal VOC's 'annotation'", remedy: "Replace or remove the file")
    }
    var objects: [Object] = []
    for element in root.children where element.name == "object" {
      let subject = "object \(objects.count + 1)"
      guard let name = element["name"]?.text, !name.isEmpty else {
        throw EngineError(
          .malformedFile, subject: subject, problem: "has no name", remedy: "Replace the file")
      }
      var corners: SIMD4<Double> = .zero
      for (place, key) in ["xmin", "ymin", "xmax", "ymax"].enumerated() {
        let text = element["bndbox"]?[key]?.text ?? ""
        guard let value = Double(text), abs(value) <= 1e6 else {
          throw EngineError(
            .malformedFile, subject: subject,
            problem: "its \(key) is '\(text.prefix(40))', no number",
            remedy: "Correct the bndbox")
        }
        corners[place] = value
      }
      guard corners.z >= corners.x, corners.w >= corners.y else {
        throw EngineError(
          .malformedFile, subject: subject, problem: "its box ends before it begins",
          remedy: "Correct the bndbox")
      }
      objects.append(
        Object(
          image: image, name: name,
          pixels: [corners.x, corners.y, corners.z - corners.x, corners.w - corners.y],
          isDifficult: element["difficult"]?.text == "1"))
    }
    return objects
  }
}
