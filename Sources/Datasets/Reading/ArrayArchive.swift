import ModelFormats
import Tensors

/// Finds images, labels, boxes and token arrays among the named arrays of an `.npz` file.
struct ArrayArchive {
  private static let imageNames = [
    "images", "image", "x_test", "x_val", "x", "x_train", "data", "inputs", "input",
    "pixel_values", "features",
  ]
  private static let labelNames = [
    "labels", "label", "y_test", "y_val", "y", "y_train", "targets", "target",
  ]
  private static let scoreNames = ["score", "scores"]
  private static let tokenNames = ["input_ids", "ids", "tokens"]

  /// The arrays under their names, in file order.
  private let arrays: [(name: String, tensor: Tensor)]
  private let path: String
  private let limit: Int?

  /// Reads the file and finds out what its arrays are.
  static func load(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let file = try NPZFile.read(path: path, inMemoryUpTo: ArrayPixels.largestInMemory)
    let archive = ArrayArchive(
      arrays: file.map { ($0.key, $0.value) }, path: path, limit: limit)
    return try archive.load(description)
  }

  /// A `.npy` file: images without labels.
  static func loadArray(
    _ path: String, _ description: DataDescription?, limit: Int?
  ) throws(EngineError) -> LoadedData {
    let array = try NPYCoding.read(path: path)
    return try ArrayArchive(arrays: [("images", array)], path: path, limit: limit)
      .load(description)
  }

  private func load(_ description: DataDescription?) throws(EngineError) -> LoadedData {
    let pairs = pairNames
    guard let main = mainArray(pairs), main.tensor.rank > 0 else {
      let held = arrays.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", ")
      throw EngineError(
        .invalidData, path: path,
        problem: "no array is named like images or tokens; it holds \(held)",
        remedy: "Name the arrays 'images' and 'labels', or like the model's inputs")
    }
    let total = main.tensor.shape[0]
    guard total > 0 else {
      throw EngineError(
        .invalidData, path: path, subject: "array '\(main.name)'", problem: "is empty",
        remedy: "Give data with at least one item")
    }
    var data = LoadedData(count: min(total, limit ?? total))
    if main.isImage {
      let (source, notes) = try ArrayImages.source(
        main.tensor.firstRows(data.count), layout: description?.layout,
        subject: "array '\(main.name)'", path: path)
      data.pixels = source
      data.notes = notes
      data.furtherImages = try furtherImages(
        like: source, without: main.name, total: total, count: data.count, description)
    }
    data.labels = try labels(
      for: main.name, total: total, count: data.count, task: description?.task)
    data.boxes = try boxes(total: total, count: data.count)
    data.scores = try scores(total: total, count: data.count)
    data.classNames = classNames
    data.parts = try parts(
      pairs, total: total, count: data.count, without: main.isImage ? main.name : nil)
    return data
  }

  private func array(_ name: String) -> Tensor? { find([name])?.tensor }

  private func find(_ names: [String]) -> (name: String, tensor: Tensor)? {
    for name in names {
      if let found = arrays.first(where: { $0.name.lowercased() == name }) { return found }
    }
    return nil
  }

  /// `ids` for arrays `ids_a` and `ids_b`, and so on.
  private var pairNames: [String] {
    let names = Set(arrays.map(\.name))
    return arrays.map(\.name)
      .filter { $0.hasSuffix("_a") && names.contains($0.dropLast(2) + "_b") }
      .map { String($0.dropLast(2)) }
  }

  /// The array whose rows are the items.
  private func mainArray(
    _ pairs: [String]
  ) -> (name: String, tensor: Tensor, isImage: Bool)? {
    if let found = find(Self.imageNames) { return (found.name, found.tensor, true) }
    if let first = pairs.first, let found = arrays.first(where: { $0.name == first + "_a" }) {
      return (found.name, found.tensor, false)
    }
    if let found = find(Self.tokenNames) { return (found.name, found.tensor, false) }
    // Else what is no ground truth is for the model's inputs, by name.
    let others = Self.labelNames + Self.scoreNames + EvaluationTask.allCases.flatMap(\.targetNames)
    let candidates = arrays.filter {
      $0.tensor.rank >= 2 && $0.tensor.type != .string && !others.contains($0.name.lowercased())
    }
    guard let first = candidates.first,
      candidates.allSatisfy({ $0.tensor.shape[0] == first.tensor.shape[0] })
    else { return nil }
    return (
      first.name, first.tensor,
      candidates.count == 1 || (first.tensor.rank == 4 && first.tensor.type != .bool)
    )
  }

  /// Arrays of images beside the main one, for models with several inputs.
  private func furtherImages(
    like main: ArrayPixels, without name: String, total: Int, count: Int,
    _ description: DataDescription?
  ) throws(EngineError) -> [String: any PixelSource] {
    var found: [String: any PixelSource] = [:]
    for array in arrays
    where array.name != name && array.tensor.rank == 4 && array.tensor.shape[0] == total {
      guard !Self.labelNames.contains(array.name.lowercased()),
        array.tensor.type == .uint8 || array.tensor.type.isFloat
      else { continue }
      let (source, _) = try ArrayImages.source(
        array.tensor.firstRows(count), layout: description?.layout,
        subject: "array '\(array.name)'", path: path)
      if source.channels == main.channels, source.type == main.type { found[array.name] = source }
    }
    return found
  }

  private func labels(
    for images: String, total: Int, count: Int, task: EvaluationTask?
  ) throws(EngineError) -> [Int]? {
    // What other tasks call labels is found by them.
    guard task?.targetNames.isEmpty ?? true else { return nil }
    var names = Self.labelNames
    if images.lowercased().hasPrefix("x") {
      names.insert("y" + images.lowercased().dropFirst(), at: 0)
    }
    guard let found = find(names) else { return nil }
    if task == nil, found.tensor.type.isInteger, found.tensor.rank == 3 { return nil }
    let subject = "array '\(found.name)'"
    guard found.tensor.type.isInteger, found.tensor.count == found.tensor.shape.first ?? 0 else {
      throw EngineError(
        .invalidData, path: path, subject: subject,
        problem: "\(found.tensor.type) of shape \(found.tensor.shape) are no class labels",
        remedy: "Store one integer for each image, or name the task in the data description")
    }
    guard found.tensor.count == total else {
      throw EngineError(
        .invalidData, path: path, subject: subject,
        problem: "holds \(found.tensor.count) labels for \(total) images",
        remedy: "Store one label for each image")
    }
    return Array(found.tensor.firstRows(count).integers)
  }

  private var classNames: [String]? {
    guard let found = find(["class_names", "classes"])?.tensor, found.type == .string,
      found.rank == 1, found.count > 0
    else { return nil }
    return found.strings
  }

  private func boxes(total: Int, count: Int) throws(EngineError) -> [GroundTruthBox]? {
    guard let boxes = array("boxes"), let images = array("image_index") else { return nil }
    func wrong(_ subject: String, _ problem: String) -> EngineError {
      EngineError(
        .invalidData, path: path, subject: "array '\(subject)'", problem: problem,
        remedy: "Store boxes (M, 4) as x1, y1, x2, y2 in 0...1, and M classes and image indices")
    }
    guard boxes.rank == 2, boxes.shape[1] == 4, boxes.type.isFloat else {
      throw wrong("boxes", "\(boxes.type) of shape \(boxes.shape) are no boxes")
    }
    let number = boxes.shape[0]
    guard let classes = array("classes"), classes.type.isInteger, classes.shape == [number] else {
      throw wrong("classes", "does not hold \(number) integers, one for each box")
    }
    guard images.type.isInteger, images.shape == [number] else {
      throw wrong("image_index", "does not hold \(number) integers, one for each box")
    }
    let (corners, classIndices, imageIndices) = (boxes.floats, classes.integers, images.integers)
    var result: [GroundTruthBox] = []
    for index in 0..<number {
      let box = SIMD4(
        corners[index * 4], corners[index * 4 + 1], corners[index * 4 + 2], corners[index * 4 + 3])
      guard (0..<4).allSatisfy({ box[$0].isFinite }) else {
        throw wrong("boxes", "box \(index) is not finite")
      }
      guard classIndices[index] >= 0 else {
        throw wrong("classes", "box \(index) has class \(classIndices[index])")
      }
      guard (0..<total).contains(imageIndices[index]) else {
        throw wrong("image_index", "box \(index) lies in image \(imageIndices[index]) of \(total)")
      }
      guard imageIndices[index] < count else { continue }
      result.append(
        GroundTruthBox(
          imageIndex: imageIndices[index], classIndex: classIndices[index], corners: box))
    }
    return result
  }

  private func scores(total: Int, count: Int) throws(EngineError) -> [Float]? {
    guard let found = find(Self.scoreNames), found.tensor.type.isFloat,
      found.tensor.shape == [total]
    else { return nil }
    let values = found.tensor.firstRows(count).floats
    guard values.allSatisfy(\.isFinite) else {
      throw EngineError(
        .invalidData, path: path, subject: "array '\(found.name)'",
        problem: "holds a score that is not finite", remedy: "Correct the scores")
    }
    return values
  }

  /// All numeric arrays with one row for each item, by name; of pairs, the halves.
  private func parts(
    _ pairs: [String], total: Int, count: Int, without main: String?
  ) throws(EngineError) -> [[String: Tensor]] {
    var parts: [[String: Tensor]] = [[:]]
    for (name, tensor) in arrays
    where name != main && tensor.shape.first == total && tensor.type != .string {
      parts[0][name] = tensor.firstRows(count)
    }
    guard !pairs.isEmpty, main == nil else { return parts }
    parts.append(parts[0])
    for name in pairs {
      for (part, suffix) in ["_a", "_b"].enumerated() {
        guard let tensor = parts[part][name + suffix] else {
          throw EngineError(
            .invalidData, path: path, subject: "array '\(name)\(suffix)'",
            problem: "does not have \(total) rows",
            remedy: "Store as many first as second halves of pairs")
        }
        parts[part][name] = tensor
      }
    }
    return parts
  }
}
