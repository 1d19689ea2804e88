import Datasets
import Tensors

/// Boxes in COCO's JSON forms, which pycocotools reads.
///
/// Image identifiers are places in the data from 1 on, categories the classes from 1 on. Numbers are
/// written so that reading gives the same bits.
public enum COCOFiles {
  /// The list of results of boxes that were found.
  ///
  /// - Parameters:
  ///   - boxes: The boxes found in each image.
  ///   - data: The images.
  public static func results(_ boxes: [[DetectedBox]], data: EvaluationData) -> String {
    var lines: [String] = []
    for (image, found) in boxes.enumerated() {
      guard let frame = data.frame(of: image) else { continue }
      for box in found {
        let scored = box.scored(in: frame)
        lines.append(
          "{\"image_id\": \(image + 1), \"category_id\": \(box.classIndex + 1), "
            + "\"bbox\": \(text(scored.box)), \"score\": \(box.score)}")
      }
    }
    return "[" + lines.joined(separator: ",\n") + "]\n"
  }

  /// The boxes to be found as COCO's annotations.
  ///
  /// - Throws: ``EngineError`` when the data have no boxes.
  public static func annotations(
    _ data: EvaluationData, classCount: Int?
  ) throws(EngineError) -> String {
    guard let truths = try data.truths(classCount: classCount) else {
      throw EngineError(
        .invalidData, path: data.path, problem: "holds no boxes to write",
        remedy: "Give data with boxes")
    }
    var images: [String] = []
    var lines: [String] = []
    for (image, boxes) in truths.enumerated() {
      guard let frame = data.frame(of: image) else { continue }
      images.append(
        "{\"id\": \(image + 1), \"width\": \(Int(frame.width)), \"height\": \(Int(frame.height)), "
          + "\"file_name\": \"\(image)\"}")
      for truth in boxes {
        lines.append(
          "{\"id\": \(lines.count + 1), \"image_id\": \(image + 1), "
            + "\"category_id\": \(truth.classIndex + 1), \"bbox\": \(text(truth.box)), "
            + "\"area\": \(truth.area), \"iscrowd\": \(truth.isCrowd ? 1 : 0)}")
      }
    }
    let highest = truths.joined().map(\.classIndex).max() ?? 0
    let names = data.classNames ?? []
    let categories = (0..<max(names.count, classCount ?? 0, highest + 1)).map { index in
      let name = names.indices.contains(index) ? names[index] : "class \(index)"
      return "{\"id\": \(index + 1), \"name\": \(quoted(name))}"
    }
    func list(_ items: [String]) -> String { "[" + items.joined(separator: ",\n") + "]" }
    return "{\"images\": \(list(images)),\n\"annotations\": \(list(lines)),\n"
      + "\"categories\": \(list(categories))}\n"
  }

  private static func text(_ box: SIMD4<Double>) -> String {
    "[" + (0..<4).map { "\(box[$0])" }.joined(separator: ", ") + "]"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case ..<" ": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
