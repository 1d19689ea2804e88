import Foundation
import Tensors

extension EvaluationData {
  /// Opens evaluation data.
  ///
  /// - Parameters:
  ///   - path: A description (`.yaml`), or the data: an `.npz` or `.npy` file, an IDX file of images
  ///     (gzipped or not; the labels are found beside it), a CIFAR batch or the folder of the
  ///     batches, a folder of IDX files, a folder with one folder of PNG and JPEG images for each
  ///     class, images without classes, a COCO JSON file, or a folder with images and boxes in COCO's,
  ///     Pascal VOC's or YOLO's form. `NAME.yaml` or `NAME.yml` beside data is found.
  ///   - limit: How many items to use: the first ones in file order; nil for all.
  public static func open(
    path: String, limit: Int?
  ) throws(EngineError) -> EvaluationData {
    if let limit, limit < 1 {
      throw EngineError(
        .invalidArgument, problem: "a limit of \(limit) items", remedy: "Give 1 or more")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw EngineError(
        .missingFile, path: path, problem: "no such file or directory",
        remedy: "Check the path")
    }
    let url = URL(filePath: path)
    guard isDescription(url), !ImageFolder.isFolder(path) else {
      var notes: [String] = []
      let description = try description(beside: url, notes: &notes)
      return try open(url, description, limit: limit, notes: notes)
    }
    let description = try DescriptionParser.parse(try text(path), path: path)
    guard let name = description.data ?? description.boxes else {
      throw EngineError(
        .invalidData, path: path, problem: "does not say where the data are",
        remedy: "Add the line data: FILE, relative to this file")
    }
    let data = resolve(name, beside: url)
    guard !isDescription(data), FileManager.default.fileExists(atPath: data.path) else {
      throw EngineError(
        .missingFile, path: path, problem: "names the data '\(name)', which are not there",
        remedy: "Correct 'data'; it is relative to the description's folder")
    }
    return try open(data, description, limit: limit, notes: [])
  }

  /// The head that a data description tells, without opening the data; nil where there is none.
  ///
  /// - Parameter path: The description, or the data that it lies beside.
  /// - Throws: ``EngineError`` for a description that can't be read.
  public static func describedHead(path: String) throws(EngineError) -> HeadDescription? {
    let url = URL(filePath: path)
    if isDescription(url), !ImageFolder.isFolder(path) {
      return try DescriptionParser.parse(try text(path), path: path).head
    }
    var notes: [String] = []
    return try description(beside: url, notes: &notes)?.head
  }

  private static func open(
    _ url: URL, _ description: DataDescription?, limit: Int?, notes: [String]
  ) throws(EngineError) -> EvaluationData {
    let path = url.path
    do {
      let loaded = try load(url, description, limit: limit)
      return try EvaluationData(
        loaded, description, name: stem(url).lastPathComponent, path: path, notes: notes)
    } catch {
      throw error.inFile(path)
    }
  }

  private static func load(
    _ url: URL, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let path = url.path
    if let boxes = description?.boxes {
      let labels = resolve(boxes, beside: URL(filePath: description?.path ?? path)).path
      let images = description?.data == nil ? nil : path
      return try BoxLabels.load(labels, images: images, description, limit: limit)
    }
    return ImageFolder.isFolder(path)
      ? try loadFolder(path, description, limit: limit)
      : try loadFile(path, description, limit: limit)
  }

  private static func loadFolder(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let names = try ImageFolder.names(in: path)
    if let images = IDXPair.images(among: names) {
      var data = try IDXPair.load(path + "/" + images, description, limit: limit)
      data.notes.insert("read \(images)", at: 0)
      return data
    }
    let batches = CIFARBatches.batches(among: names)
    if !batches.isEmpty {
      var data = try CIFARBatches.load(batches.map { path + "/" + $0 }, limit: limit)
      data.notes.insert("read \(batches.joined(separator: ", "))", at: 0)
      return data
    }
    if let boxes = try BoxLabels.load(folder: path, description, limit: limit) { return boxes }
    return try ImageFolder.load(path, description, limit: limit)
  }

  private static func loadFile(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let file = try MappedFile(path: path)
    let start = file.withBytes { Array($0.prefix(8)) }
    if start.starts(with: Array("PK".utf8)) {
      return try ArrayArchive.load(path, description, limit: limit)
    }
    if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
      return try ArrayArchive.loadArray(path, description, limit: limit)
    }
    if path.hasSuffix(".json") {
      return try COCOAnnotations.load(path, images: nil, description, limit: limit)
    }
    if path.hasSuffix(".bin") { return try CIFARBatches.load([path], limit: limit) }
    if IDXFile.isIDX(start) || start.starts(with: [0x1F, 0x8B]) {
      return try IDXPair.load(path, description, limit: limit)
    }
    if ImageFolder.isImage(path) { return try ImageFolder.load([path], description) }
    let known =
      "Give an .npz, .npy, IDX, CIFAR or COCO .json file, images, or a .yaml that describes them"
    if file.byteCount == 0 {
      throw EngineError(.truncatedFile, problem: "is empty", remedy: known)
    }
    throw EngineError(.malformedFile, problem: "is no known kind of data", remedy: known)
  }

  private static func isDescription(_ url: URL) -> Bool {
    ["yaml", "yml"].contains(url.pathExtension.lowercased())
  }

  private static func resolve(_ name: String, beside url: URL) -> URL {
    name.hasPrefix("/")
      ? URL(filePath: name) : url.deletingLastPathComponent().appending(path: name)
  }

  /// The path without the extensions of data.
  private static func stem(_ url: URL) -> URL {
    var url = url
    while ["npz", "npy", "gz", "json", "bin", "png", "jpg", "jpeg"].contains(
      url.pathExtension.lowercased())
      && !ImageFolder.isFolder(url.path)
    {
      url.deletePathExtension()
    }
    return url
  }

  /// The description that lies beside data, if it is about them.
  private static func description(
    beside url: URL, notes: inout [String]
  ) throws(EngineError) -> DataDescription? {
    // A folder's path may end with a slash, which must not become part of the name.
    let plain = url.deletingLastPathComponent().appending(path: url.lastPathComponent)
    for base in [stem(plain).path, plain.path] {
      for path in [base + ".yaml", base + ".yml"]
      where FileManager.default.fileExists(atPath: path) && !ImageFolder.isFolder(path) {
        let text = try text(path)
        if DescriptionParser.isPlan(text) {
          notes.append("\(path) is a plan, not a data description")
          continue
        }
        let description = try DescriptionParser.parse(text, path: path)
        guard let data = description.data else { return description }
        let named = resolve(data, beside: URL(filePath: path)).standardizedFileURL.path
        if named == plain.standardizedFileURL.path { return description }
        notes.append("\(path) describes '\(data)', not these data")
      }
    }
    return nil
  }

  private static func text(_ path: String) throws(EngineError) -> String {
    let file = try MappedFile(path: path)
    guard file.byteCount <= 1 << 20,
      let text = file.withBytes({ String(validating: $0, as: UTF8.self) })
    else {
      throw EngineError(
        .invalidData, path: path, problem: "is not a text file of at most 1 MB",
        remedy: "Give a data description in YAML")
    }
    return text
  }
}
