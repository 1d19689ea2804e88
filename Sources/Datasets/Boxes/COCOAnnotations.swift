import Foundation
import Tensors

/// COCO's JSON annotations of boxes, with the images that they name.
///
/// Images are in the order of their identifiers, and classes in that of theirs, as pycocotools has them;
/// with `classes` in the data description, classes go by name.
struct COCOAnnotations: Decodable {
  /// An image.
  struct Image: Decodable {
    var id: Int
    var width: Int?
    var height: Int?
    var file: String
    enum CodingKeys: String, CodingKey {
      case id, width, height
      case file = "file_name"
    }
  }

  /// A box.
  struct Box: Decodable {
    var image: Int
    var category: Int
    var box: [Double]
    var area: Double?
    var crowd: Int?
    enum CodingKeys: String, CodingKey {
      case area
      case image = "image_id"
      case category = "category_id"
      case box = "bbox"
      case crowd = "iscrowd"
    }
  }

  /// A class.
  struct Category: Decodable {
    var id: Int
    var name: String?
  }

  var images: [Image]
  var annotations: [Box]
  var categories: [Category]

  /// Reads a file and finds its images.
  ///
  /// - Parameters:
  ///   - path: The JSON file.
  ///   - folder: The images' folder; nil looks where they usually are.
  /// - Throws: ``EngineError`` naming what is missing or wrong, and where.
  static func load(
    _ path: String, images folder: String?, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let content = try read(path)
    do {
      let images = Array(try content.sortedImages().prefix(limit ?? Int.max))
      let folder = try imageFolder(of: images, folder, beside: path)
      let paths = images.map { $0.file.hasPrefix("/") ? $0.file : folder + "/" + $0.file }
      var data = try ImageFolder.load(paths, description)
      var sizes: [SIMD2<Int>] = []
      for (image, path) in zip(images, paths) {
        if let width = image.width, let height = image.height, width > 0, height > 0 {
          sizes.append([width, height])
        } else {
          sizes += try BoxLabels.sizes([path])
        }
      }
      data.imageSizes = sizes
      let classes = try content.classes(description)
      data.classNames = classes.names
      data.boxes = try content.boxes(of: images, sizes: sizes, classes: classes.numbers)
      return data
    } catch {
      throw error.inFile(path)
    }
  }

  private static func read(_ path: String) throws(EngineError) -> COCOAnnotations {
    let file = try MappedFile(path: path)
    do {
      return try file.withBytes { bytes in
        guard let base = bytes.baseAddress else { throw CocoaError(.coderReadCorrupt) }
        let data = Data(
          bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
          deallocator: .none)
        return try JSONDecoder().decode(COCOAnnotations.self, from: data)
      }
    } catch {
      throw EngineError(
        .malformedFile, path: path, problem: "is not COCO's JSON of boxes: \(Self.text(error))",
        remedy:
          "Give a file with images (id, file_name), annotations (image_id, category_id, bbox) "
          + "and categories (id, name)")
    }
  }

  private static func text(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, let context)?: "no '\(key.stringValue)' at '\(place(context))'"
    case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?:
      "a value of another kind at '\(place(context))'"
    case .dataCorrupted?: "broken JSON"
    default: "it can't be read"
    }
  }

  private func sortedImages() throws(EngineError) -> [Image] {
    let sorted = images.sorted { $0.id < $1.id }
    guard !sorted.isEmpty else {
      throw EngineError(
        .invalidData, problem: "names no images", remedy: "Give a file with at least one image")
    }
    for (image, next) in zip(sorted, sorted.dropFirst()) where image.id == next.id {
      throw EngineError(
        .malformedFile, subject: "image \(image.id)", problem: "is there twice",
        remedy: "Give each image an id of its own")
    }
    return sorted
  }

  private static func imageFolder(
    of images: [Image], _ given: String?, beside path: String
  ) throws(EngineError) -> String {
    let own = URL(filePath: path).deletingLastPathComponent()
    // annotations/instances_val2017.json lies beside val2017/.
    let name = BoxLabels.stem((path as NSString).lastPathComponent)
    let set = name.split(separator: "_").last.map(String.init) ?? name
    let above = own.deletingLastPathComponent()
    let candidates =
      given.map { [$0] }
      ?? [
        own.path, own.appending(path: "images").path, own.appending(path: set).path,
        above.appending(path: set).path, above.appending(path: "images").path,
        above.appending(path: "images/" + set).path,
      ]
    let first = images[0].file
    let found = candidates.first {
      FileManager.default.fileExists(atPath: first.hasPrefix("/") ? first : $0 + "/" + first)
    }
    guard let found else {
      throw EngineError(
        .missingFile, subject: "image '\(first.prefix(120))'",
        problem: "lies in none of \(candidates.joined(separator: ", "))",
        remedy: "Write a data description with data: FOLDER of the images and boxes: this file")
    }
    return found
  }

  /// The number of each category, and the names in the order of the numbers.
  private func classes(
    _ description: DataDescription?
  ) throws(EngineError) -> (numbers: [Int: Int], names: [String]?) {
    let sorted = categories.sorted { $0.id < $1.id }
    var numbers: [Int: Int] = [:]
    guard let names = description?.classNames else {
      for (index, category) in sorted.enumerated() { numbers[category.id] = index }
      let own = sorted.compactMap(\.name)
      return (numbers, own.count == sorted.count && !own.isEmpty ? own : nil)
    }
    for category in sorted {
      guard let index = names.firstIndex(where: { $0 == category.name }) else {
        throw EngineError(
          .invalidData, subject: "category \(category.id)",
          problem: "is '\(category.name ?? "")', which 'classes' does not name",
          remedy: "Name the categories in the data description as this file does")
      }
      numbers[category.id] = index
    }
    return (numbers, names)
  }

  private func boxes(
    of images: [Image], sizes: [SIMD2<Int>], classes: [Int: Int]
  ) throws(EngineError) -> [GroundTruthBox] {
    var places: [Int: Int] = [:]
    for (index, image) in images.enumerated() { places[image.id] = index }
    let all = Set(self.images.map(\.id))
    var result: [GroundTruthBox] = []
    for (index, box) in annotations.enumerated() {
      func wrong(_ problem: String) -> EngineError {
        EngineError(
          .malformedFile, subject: "annotation \(index)", problem: problem,
          remedy: "Correct or remove it")
      }
      guard let place = places[box.image] else {
        // Behind the limit, or nowhere.
        guard all.contains(box.image) else {
          throw wrong("lies in image \(box.image), which is not there")
        }
        continue
      }
      guard let number = classes[box.category] else {
        throw wrong("is of category \(box.category), which is not there")
      }
      guard box.box.count == 4, box.box.allSatisfy({ abs($0) <= 1e6 }), box.box[2] >= 0,
        box.box[3] >= 0
      else { throw wrong("its bbox is not left, top, width and height") }
      let pixels = SIMD4(box.box[0], box.box[1], box.box[2], box.box[3])
      if let area = box.area, !(0...1e12).contains(area) { throw wrong("its area is \(area)") }
      result.append(
        GroundTruthBox(
          imageIndex: place, classIndex: number,
          corners: BoxLabels.corners(pixels, in: sizes[place]), pixels: pixels, area: box.area,
          isCrowd: box.crowd ?? 0 != 0))
    }
    return result
  }
}
