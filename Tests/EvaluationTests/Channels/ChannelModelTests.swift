import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Removal of 30 % of the channels of real networks: the file runs in ONNX Runtime, gives what the
/// network with these channels at 0 gives, and costs what was foreseen.
@Suite(.serialized, .enabled(if: JudgePython.isAvailable, "no judges: channel removal not judged"))
struct ChannelModelTests {
  /// A model file, or the script and arguments that make one.
  enum Source: Sendable {
    case asset(String)
    case script(String, [String])
  }

  /// What is removed from which model.
  struct Case: Sendable, CustomTestStringConvertible {
    let title: String
    let source: Source
    var keepsBatchNorm = false
    var multiple = 1
    /// The share of the multiply-adds that stays, at most.
    let share: Double
    /// Whether the judge's script finds what follows a layer, and sets it to 0 by itself.
    var isJudged = true
    /// Whether multiply-adds of a sample are known: the input's size is.
    var isCounted = true
    /// Reasons that refused groups have to give, among others.
    let refusals: Set<String>
    var testDescription: String { title }
  }

  static let cases: [Case] = [
    Case(
      title: "resnet20 unfolded", source: .asset("cifar10/resnet20.onnx"), keepsBatchNorm: true,
      share: 0.6, refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "resnet20 folded", source: .asset("cifar10/resnet20.onnx"), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "resnet20 by 8", source: .asset("cifar10/resnet20.onnx"), multiple: 8, share: 0.95,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "fashion_resnet8 unfolded", source: .asset("tiny/fashion_resnet8.onnx"),
      keepsBatchNorm: true, share: 0.6, refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "fashion_resnet8", source: .asset("tiny/fashion_resnet8.onnx"), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "bccd_centernet", source: .asset("detection/bccd/bccd_centernet.onnx"), share: 0.6,
      refusals: []),
    Case(
      title: "MiniLM", source: .asset("text/minilm_l6_v2_vocab_trimmed.onnx"), share: 0.75,
      refusals: ["layer normalization over the axis"]),
    Case(
      title: "MobileNetV2",
      source: .script("Benchmarks/mobilenet_v2.py", ["--size", "64"]), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "DenseNet-121",
      source: .script("Tests/Judges/channel_models.py", ["densenet121"]), share: 0.6,
      isJudged: false,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "ShuffleNetV2",
      source: .script("Tests/Judges/channel_models.py", ["shufflenet_v2_x1_0"]), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "digits_cnn", source: .asset("tiny/digits_cnn.onnx"), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "mnist_lenet5", source: .asset("tiny/mnist_lenet5.onnx"), share: 0.6,
      refusals: ["feeds a graph output ('logits')"]),
    Case(
      title: "fashion_det", source: .asset("detection/fashion_scenes/fashion_det.onnx"),
      share: 0.6, refusals: ["feeds a graph output ('heatmap')"]),
    Case(
      title: "UltraFace", source: .asset("detection/ultraface/version-RFB-320.onnx"),
      keepsBatchNorm: true, share: 0.6, refusals: []),
    Case(
      title: "PP-OCR cls", source: .asset("other/ch_ppocr_mobile_v2.0_cls_infer.onnx"),
      share: 1, isJudged: false, isCounted: false, refusals: ["softmax over the axis"]),
  ]

  /// What the judge printed.
  private struct Judgement: Decodable {
    let zeroed: Double
    let judged: Double
    let original: Double
    let macs: [Int]
  }

  /// A layer's removed channels, for the judge.
  private struct Removed: Encodable {
    let weight: String
    let axis: Int
    let removed: [Int]
  }

  @Test(arguments: cases) func smallerNetworkIsTheZeroedOne(entry: Case) throws {
    let folder = try TemporaryFolder()
    guard let path = try Self.path(entry.source, in: folder) else { return }
    let model = try OpenedModel(path: path, keepBatchNorm: entry.keepsBatchNorm)
    let graph = try #require(model.graph)
    let removal = ChannelRemoval(amount: 0.3, multiple: entry.multiple)
    let groups = try ChannelGroups(of: graph)
    let (smaller, report) = try removal.apply(to: graph)

    // Layers keep their names, and lose what the report says.
    let layers = graph.compressibleLayers()
    #expect(smaller.compressibleLayers().map(\.name) == layers.map(\.name))
    for member in report.groups.flatMap(\.members) {
      let layer = try #require(smaller.compressibleLayers().first { $0.name == member.layer })
      let axis = layer.op == "Gather" ? layer.inputAxis : layer.outputAxis
      #expect(layer.shape[axis] == member.kept.count)
      if entry.multiple > 1, member.kept.count < member.channels {
        #expect(member.kept.count % entry.multiple == 0)
      }
    }
    #expect(report.groups.allSatisfy { $0.removed == 0 || $0.inexact == nil })
    let refusals = Set(report.groups.compactMap(\.refusal))
    #expect(entry.refusals.isSubset(of: refusals), "\(refusals)")
    #expect(report.groups.allSatisfy { $0.removed > 0 || $0.refusal != nil || entry.multiple > 1 })

    // Multiply-adds: by formula, counted here, counted by ONNX's shape inference.
    if entry.isCounted {
      let before = try #require(report.multiplyAddsBefore)
      let after = try #require(report.multiplyAddsAfter)
      let units = try removal.choice(in: groups).removed
      let foreseen = groups.multiplyAdds(
        try #require(graph.sampleMultiplyAdds()), removing: units)
      #expect(foreseen.reduce(0) { $0 + ($1 ?? 0) } == after)
      #expect(Double(after) < entry.share * Double(before))
    }

    let judgement = try judge(entry, path, groups, removal, smaller, report, in: folder)
    if entry.isCounted {
      let counted = [report.multiplyAddsBefore, report.multiplyAddsAfter].compactMap { $0 }
      #expect(judgement.macs == counted)
    }
    #expect(judgement.zeroed <= 1e-4)
    #expect(!entry.isJudged || judgement.judged <= 1e-4)
    #expect(!entry.isJudged || judgement.judged >= 0)
    // The comparison can tell: without removal the outputs are others.
    #expect(judgement.original > 1e-3)
    Self.note(entry, report, judgement)
  }

  private func judge(
    _ entry: Case, _ path: String, _ groups: ChannelGroups, _ removal: ChannelRemoval,
    _ smaller: NetworkGraph, _ report: ChannelReport, in folder: TemporaryFolder
  ) throws -> Judgement {
    let layers = Dictionary(
      uniqueKeysWithValues: groups.graph.compressibleLayers().map { ($0.name, $0) })
    let removed = report.groups.flatMap(\.members).compactMap { member -> Removed? in
      guard let layer = layers[member.layer] else { return nil }
      let kept = Set(member.kept)
      return Removed(
        weight: layer.weight, axis: layer.op == "Gather" ? layer.inputAxis : layer.outputAxis,
        removed: (0..<member.channels).filter { !kept.contains($0) })
    }
    try JSONEncoder().encode(removed).write(to: URL(filePath: folder.path("removed.json")))
    let original = folder.path("original.onnx")
    if path != original { try FileManager.default.copyItem(atPath: path, toPath: original) }
    try ONNXWriter.write(smaller, to: folder.path("smaller.onnx"))
    try ONNXWriter.write(try removal.zeroed(groups), to: folder.path("zeroed.onnx"))
    let script = try String(
      contentsOf: SharedAssets.root.appending(path: "Tests/Judges/channel_removal.py"),
      encoding: .utf8)
    let output = try JudgePython.run(script, arguments: [folder.url.path])
    return try JSONDecoder().decode(Judgement.self, from: Data(output.utf8))
  }

  /// The model's path; nil when the shared models are absent.
  private static func path(_ source: Source, in folder: TemporaryFolder) throws -> String? {
    switch source {
    case .asset(let name): return SharedAssets.path(name)
    case .script(let name, let arguments):
      let script = try String(
        contentsOf: SharedAssets.root.appending(path: name), encoding: .utf8)
      let output = folder.path("original.onnx")
      // One takes its options behind the file, the other in front of it.
      let isOption = arguments.first?.hasPrefix("--") == true
      do {
        _ = try JudgePython.run(
          script, arguments: isOption ? [output] + arguments : arguments + [output])
      } catch let failure as JudgePython.Failure {
        guard let package = failure.missingPackage else { throw failure }
        print("no \(package): \(arguments.joined(separator: " ")) not tried")
        return nil
      }
      return output
    }
  }

  /// One row of the table in Documentation/methods.md.
  private static func note(_ entry: Case, _ report: ChannelReport, _ judgement: Judgement) {
    let before = report.multiplyAddsBefore ?? 0
    let after = report.multiplyAddsAfter ?? 0
    let removable = report.groups.count { $0.removed > 0 }
    print(
      "| \(entry.title) | \(removable) of \(report.groups.count) | \(report.parametersBefore) "
        + "| \(report.parametersAfter) | \(before) | \(after) "
        + "| \(Double(before) / Double(max(after, 1))) | \(judgement.zeroed) | \(judgement.judged) "
        + "| \(Set(report.groups.compactMap(\.refusal)).sorted().joined(separator: "; ")) |")
  }
}
