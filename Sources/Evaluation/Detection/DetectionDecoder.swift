import Datasets
import Foundation
import ModelFormats
import NetworkGraph
import Tensors

/// Makes boxes of a detector's outputs, as the data description's `head:` block says, or as the graph
/// itself shows where it is certain.
public struct DetectionDecoder: Sendable {
  /// How outputs become boxes.
  public let head: HeadDescription
  /// The names of the outputs that are read.
  public var outputNames: [String] { decoding.outputs.map(\.name) }
  /// The number of classes; nil where outputs do not tell it.
  public let classCount: Int?
  /// What was found out without being told.
  public let notes: [String]

  private let decoding: any DetectionHead

  /// Makes a decoder for a network and data; nil when nothing says how outputs become boxes.
  ///
  /// - Throws: ``EngineError`` when the description names outputs that there are not, or whose shapes do not
  ///   fit it.
  public init?(_ context: MeasureContext) throws(EngineError) {
    var notes: [String] = []
    guard
      let head = context.data.head
        ?? HeadRecognition.recognize(context.outputs, context.graph, notes: &notes)
    else { return nil }
    self.head = head
    decoding = try Self.decoding(head, context, notes: &notes)
    self.notes = notes
    var shapes: [[Int]] = []
    for (name, shape) in decoding.outputs {
      guard let output = context.outputs.first(where: { $0.name == name }) else {
        throw EngineError(
          .invalidData, path: context.data.descriptionPath ?? context.data.path, subject: "head",
          problem: "the model has no output '\(name)'; it has "
            + context.outputs.map(\.text).joined(separator: ", "),
          remedy: "Name outputs of the model in the head block")
      }
      guard let known = output.shape else { continue }
      guard output.type?.isFloat ?? true || output.type?.isInteger ?? false else {
        throw Self.misfit(output.text, shape, context)
      }
      shapes.append(known)
    }
    guard shapes.count == decoding.outputs.count else {
      classCount = nil
      return
    }
    do {
      classCount = try decoding.classCount(shapes)
    } catch {
      let (name, shape) = decoding.outputs[error.output]
      let output = context.outputs.first { $0.name == name }
      throw Self.misfit(output?.text ?? name, shape, context)
    }
    if let names = context.data.classNames, let classCount, names.count != classCount {
      throw EngineError(
        .invalidData, path: context.data.descriptionPath ?? context.data.path, subject: "head",
        problem: "the model tells \(classCount) classes apart, the data name \(names.count)",
        remedy: "Correct 'classes', or 'background' where one class stands for none")
    }
  }

  private static func misfit(
    _ output: String, _ shape: String, _ context: MeasureContext
  ) -> EngineError {
    EngineError(
      .invalidData, path: context.data.descriptionPath ?? context.data.path, subject: "head",
      problem: "the output \(output) has to be \(shape)",
      remedy: "Correct the head block; Documentation/detection.md explains its keys")
  }

  private static func decoding(
    _ head: HeadDescription, _ context: MeasureContext, notes: inout [String]
  ) throws(EngineError) -> any DetectionHead {
    let size = context.data.inputSize ?? [1, 1]
    let inputSize = SIMD2(Double(size.x), Double(size.y))
    switch head.form {
    case .centerNet(let form):
      let isActivated = context.graph.producer(of: form.heatmap)?.op == "Sigmoid"
      let found: HeadActivation = isActivated ? .none : .sigmoid
      if form.activation == nil {
        notes.append(
          "the heat map '\(form.heatmap)' "
            + (isActivated
              ? "comes out of a Sigmoid" : "does not come out of a Sigmoid: one is applied"))
      }
      return CenterNetHead(form: form, activation: form.activation ?? found)
    case .yoloAnchors(let form): return AnchorHead(form: form, inputSize: inputSize)
    case .yoloDistances(let form): return DistanceHead(form: form)
    case .ssd(let form): return PriorHead(form: form, priors: try priors(form, context))
    case .boxes(let form): return BoxHead(form: form, inputSize: inputSize)
    }
  }

  private static func priors(
    _ form: PriorForm, _ context: MeasureContext
  ) throws(EngineError) -> [SIMD4<Double>] {
    switch form.priors {
    case .grids(let grids): return PriorHead.priors(of: grids)
    case .file(let name):
      let base = URL(filePath: context.data.descriptionPath ?? context.data.path)
      let path =
        name.hasPrefix("/") ? name : base.deletingLastPathComponent().appending(path: name).path
      let array = try NPYCoding.read(path: path)
      guard array.rank == 2, array.shape[1] == 4, array.type.isFloat else {
        throw EngineError(
          .invalidData, path: path, problem: "\(array.type) of shape \(array.shape) are no priors",
          remedy: "Store floats (M, 4)")
      }
      let values = array.doubles
      return (0..<array.shape[0]).map { row in
        let t = values[(4 * row)..<(4 * row + 4)].map { $0 }
        return switch form.format {
        case .cxcywh: [t[0], t[1], t[2], t[3]]
        case .xyxy: [(t[0] + t[2]) / 2, (t[1] + t[3]) / 2, t[2] - t[0], t[3] - t[1]]
        case .yxyx: [(t[1] + t[3]) / 2, (t[0] + t[2]) / 2, t[3] - t[1], t[2] - t[0]]
        case .xywh: [t[0] + t[2] / 2, t[1] + t[3] / 2, t[2], t[3]]
        }
      }
    }
  }

  /// The boxes of one sample by falling score.
  ///
  /// - Throws: ``EngineError`` when the outputs turn out not to fit the head.
  public func boxes(of outputs: SampleOutputs) throws(EngineError) -> [DetectedBox] {
    var arrays: [HeadArray] = []
    for (name, shape) in decoding.outputs {
      guard let tensor = outputs.output(name) else {
        throw Self.misfit(name, "\(shape), one row for each image")
      }
      arrays.append(HeadArray(shape: tensor.shape, values: tensor.floats))
    }
    do {
      _ = try decoding.classCount(arrays.map(\.shape))
    } catch {
      let (name, shape) = decoding.outputs[error.output]
      throw Self.misfit("\(name) of shape \(arrays[error.output].shape)", shape)
    }
    return NonMaximumSuppression.select(
      decoding.candidates(arrays, above: Double(head.selection.score)), head.selection)
  }

  private static func misfit(_ output: String, _ shape: String) -> EngineError {
    EngineError(
      .shapeMismatch, subject: "head", problem: "the output \(output) has to be \(shape)",
      remedy: "Correct the head block of the data description")
  }
}

extension NetworkGraph {
  /// The node that produces a value; nil for inputs and constants.
  func producer(of value: String) -> Node? {
    nodes.last { $0.outputs.contains(value) }
  }
}
