import Foundation
import Tensors

/// Finds out how boxes are stored beside images, and reads both.
enum BoxLabels {
  /// Reads images with boxes from a folder; nil when it holds none.
  ///
  /// Known are a COCO file beside the images, `Annotations` and `JPEGImages` (Pascal VOC), `labels` and
  /// `images` (YOLO), and XML or text files beside the images of the same names.
  static func load(
    folder path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData? {
    let names = try ImageFolder.names(in: path)
    func folder(_ name: String) -> String? {
      let inner = path + "/" + name
      return names.contains(name) && ImageFolder.isFolder(inner) ? inner : nil
    }
    if let labels = folder("Annotations"), let images = folder("JPEGImages") ?? folder("images") {
      return try load(labels, images: images, description, limit: limit)
    }
    if let labels = folder("labels"), let images = folder("images") {
      return try load(labels, images: images, description, limit: limit)
    }
    let files = names.filter { $0.hasSuffix(".json") && $0.lowercased().contains("coco") }
    if files.count == 1 {
      return try COCOAnnotations.load(
        path + "/" + files[0], images: path, description, limit: limit)
    }
    let stems = Set(names.filter(ImageFolder.isImage).map(stem))
    let beside = names.filter { stems.contains(stem($0)) }
    let isXML = beside.contains { $0.hasSuffix(".xml") }
    if !isXML, try !isYOLO(beside, in: path) { return nil }
    return try load(path, images: path, description, limit: limit)
  }

  /// Reads images with the boxes at `labels`: a COCO file, or a folder of XML or text files.
  ///
  /// - Parameter images: The folder of the images; nil where the labels have to tell.
  static func load(
    _ labels: String, images: String?, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    guard ImageFolder.isFolder(labels) else {
      return try COCOAnnotations.load(labels, images: images, description, limit: limit)
    }
    let names = try ImageFolder.names(in: labels)
    let folder = images ?? labels
    var files = try ImageFolder.names(in: folder).filter(ImageFolder.isImage)
    guard !files.isEmpty else {
      throw EngineError(
        .invalidData, path: folder,
        problem: "holds no PNG or JPEG images for the boxes in \(labels)",
        remedy: "Write data: FOLDER of the images, and boxes: FOLDER of the labels")
    }
    let isXML = names.contains { $0.hasSuffix(".xml") }
    guard isXML || names.contains(where: { $0.hasSuffix(".txt") }) else {
      throw EngineError(
        .invalidData, path: labels,
        problem: "holds neither .xml (Pascal VOC) nor .txt (YOLO) labels",
        remedy: "Give the folder of the labels")
    }
    let bare = try unlabelled(files, names, labels, isXML ? ".xml" : ".txt")
    if let limit { files = Array(files.prefix(limit)) }
    let missing = files.count(where: bare.contains)
    let paths = files.map { folder + "/" + $0 }
    var data = try ImageFolder.load(paths, description)
    if missing > 0 {
      data.notes.append(
        "\(missing) of \(files.count) images have no label file: they count as images without objects"
      )
    }
    data.imageSizes = try sizes(paths)
    if isXML {
      try VOCAnnotations.read(labels, names: names, images: files, description, into: &data)
    } else {
      try YOLOLabels.read(labels, names: names, images: files, into: &data)
    }
    return data
  }

  /// The images that have no label file.
  ///
  /// - Throws: ``EngineError`` when none has one: then names do not fit each other.
  private static func unlabelled(
    _ images: [String], _ names: [String], _ labels: String, _ ending: String
  ) throws(EngineError) -> Set<String> {
    let known = Set(names)
    let missing = images.filter { !known.contains(stem($0) + ending) }
    guard missing.count < images.count else {
      throw EngineError(
        .invalidData, path: labels,
        problem: "holds no label file of an image's name, such as \(stem(images[0]))\(ending)",
        remedy: "Name label files as the images are named")
    }
    return Set(missing)
  }

  /// Whether the first text that says anything begins as YOLO's labels do, and is no caption.
  private static func isYOLO(_ names: [String], in path: String) throws(EngineError) -> Bool {
    for name in names where name.hasSuffix(".txt") {
      let words = try text(path + "/" + name).split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      return words.count >= 5 && words.prefix(5).allSatisfy { Double($0) != nil }
    }
    return false
  }

  /// A file's name without its extension.
  static func stem(_ name: String) -> String {
    (name as NSString).deletingPathExtension
  }

  /// Width and height of image files.
  static func sizes(_ paths: [String]) throws(EngineError) -> [SIMD2<Int>] {
    var sizes: [SIMD2<Int>] = []
    for path in paths {
      let size = try ImageDecoder.probe(path)
      sizes.append([size.width, size.height])
    }
    return sizes
  }

  /// The text of a label file of at most 16 MB.
  static func text(_ path: String) throws(EngineError) -> String {
    let file = try MappedFile(path: path)
    guard file.byteCount <= 1 << 24,
      let text = file.withBytes({ String(validating: $0, as: UTF8.self) })
    else {
      throw EngineError(
        .malformedFile, path: path, problem: "is not a text in UTF-8 of at most 16 MB",
        remedy: "Replace or remove the file")
    }
    return text
  }

  /// A box in pixels as parts of its image, for what does not need the labels' own numbers.
  static func corners(_ pixels: SIMD4<Double>, in size: SIMD2<Int>) -> SIMD4<Float> {
    let (width, height) = (Double(size.x), Double(size.y))
    return SIMD4<Float>([
      pixels.x / width, pixels.y / height, (pixels.x + pixels.z) / width,
      (pixels.y + pixels.w) / height,
    ])
  }
}
