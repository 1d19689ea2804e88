import NetworkGraph
import Tensors

extension EvaluationData {
  /// Checks that the data fit a model, before anything is run.
  ///
  /// - Parameters:
  ///   - graphInputs: The inputs that the model wants: `NetworkGraph.runtimeInputs`.
  ///   - classCount: The number of the model's classes, where it is known.
  /// - Throws: ``EngineError`` that names the input, what differs, and the remedy.
  public func check(
    against graphInputs: [ValueInfo], classCount: Int? = nil
  ) throws(EngineError) {
    guard count > 0 else {
      throw EngineError(
        .invalidData, path: path, problem: "holds no items", remedy: "Give data with images")
    }
    guard !graphInputs.isEmpty else {
      throw EngineError(
        .invalidData, path: path, problem: "the model has no input that data could be given to",
        remedy: "Give a model with an input")
    }
    for input in graphInputs {
      do {
        for part in parts.indices {
          switch try binding(of: input, among: graphInputs, part: part) {
          case .array(let array): try check(array, against: input)
          case .zeros: break
          case .images(let source): try check(source, against: input)
          }
        }
      } catch {
        throw error.about("input '\(input.name)'").inFile(path)
      }
    }
    try checkClasses(count: classCount, source: "the model")
  }

  /// Refuses labels and boxes of classes that `source` does not have.
  func checkClasses(count classCount: Int?, source: String) throws(EngineError) {
    func refuse(_ what: String, _ index: Int, _ label: Int) -> EngineError {
      EngineError(
        .invalidData, path: path, subject: "\(what) \(index)",
        problem: label < 0
          ? "class \(label) is negative"
          : "class \(label), but \(source) \(source.hasSuffix("s") ? "are" : "has") "
            + "\(classCount ?? 0) classes, counted from 0",
        remedy: "Give labels that belong to these classes")
    }
    let allowed = 0..<max(classCount ?? Int.max, 0)
    if let labels, let index = labels.firstIndex(where: { !allowed.contains($0) }) {
      throw refuse("label", index, labels[index])
    }
    if let boxes, let index = boxes.firstIndex(where: { !allowed.contains($0.classIndex) }) {
      throw refuse("box", index, boxes[index].classIndex)
    }
  }

  private func check(_ source: any PixelSource, against input: ValueInfo) throws(EngineError) {
    _ = try imageForm(of: source, for: input)
    switch input.type {
    case nil, .float32, .float64, .float16, .bfloat16: break
    case .uint8 where source.type == .uint8: break
    case let type?:
      throw EngineError(
        .invalidData, problem: "the model wants \(type), the images are \(source.type)",
        remedy: "Give data of the model's type")
    }
  }

  private func check(_ array: Tensor, against input: ValueInfo) throws(EngineError) {
    if let type = input.type, type.isFloat != array.type.isFloat {
      throw EngineError(
        .invalidData, problem: "the model wants \(type), the array is \(array.type)",
        remedy: "Store the array in the model's type")
    }
    guard let shape = input.shape else { return }
    let fits =
      shape.count == array.rank
      && zip(shape, array.shape).dropFirst().allSatisfy { declared, length in
        if case .fixed(let wanted) = declared { wanted == length } else { true }
      }
    guard fits else {
      let declared = shape.map(\.description).joined(separator: ", ")
      throw EngineError(
        .shapeMismatch,
        problem: "the model wants (\(declared)), the array has shape \(array.shape)",
        remedy: "Give data of the model's shape")
    }
  }
}
