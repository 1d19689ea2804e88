import OrderedCollections
import Tensors

/// Encodings of Qualcomm's AIMET: the scale and offset of every quantized weight.
///
/// AIMET counts codes without sign: a code q in 0...2^b-1 stands for (q + offset) x scale, so that a
/// symmetric encoding has offset -2^(b-1) and an asymmetric one minus its zero point; `min` and `max`
/// are the values of the least and the largest code. Specification: AIMET's encoding format, versions
/// 0.6.1 (a list of encodings for each tensor, one a channel) and 1.0.0 (one entry with arrays, blocks
/// along the input axis too). Tensors are named as in the ONNX file, which is what AIMET ONNX loads.
public struct AIMETRecipe: ImportableRecipe {
  /// A version of the format.
  public enum Version: String, Sendable, Hashable {
    /// One encoding object for each channel.
    case v061 = "0.6.1"
    /// One encoding object for each tensor.
    case v100 = "1.0.0"
  }

  /// The version that is written; reading takes both.
  public let version: Version

  /// Makes the target for a version.
  public init(version: Version) { self.version = version }

  /// `aimet-0.6.1` or `aimet-1.0.0`.
  public var name: String { "aimet-\(version.rawValue)" }
  /// What the file is.
  public var summary: String { "encodings of AIMET, version \(version.rawValue)" }
  /// `json`.
  public var fileExtension: String { "json" }
  /// Encodings are the scales themselves.
  public var needsCompressedWeights: Bool { true }

  /// The encodings.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var encodings: [(name: String, encoding: QuantizedEncoding)] = []
    for layer in request.changed {
      notes.addOthers(of: layer, tool: "AIMET")
      if layer.form.prune != nil {
        notes.add(
          "encodings say nothing of zeros: give AIMET the pruned model", layer: layer.name)
      }
      if layer.form.activations != nil {
        notes.add("encodings of activations are not written", layer: layer.name)
      }
      guard layer.form.weights != nil else { continue }
      if let encoding = encoding(of: layer, &notes) {
        encodings.append((layer.layer.weight, encoding))
      }
    }
    guard !encodings.isEmpty else { throw EngineError.nothingToWrite(for: name, notes.lines) }
    let quantized = request.changed.compactMap(\.form.weights)
    let isSymmetric = quantized.allSatisfy { $0.scheme == "symmetric" }
    let isByChannel = quantized.contains { $0.granularity != .tensor }
    let arguments = PlanTree.map([
      "activation_bitwidth": .number(8), "dtype": .text("int"),
      "is_symmetric": version == .v061 ? .text(isSymmetric ? "True" : "False") : .flag(isSymmetric),
      "param_bitwidth": .number(quantized.map(\.bits).max() ?? 8),
      "per_channel_quantization": version == .v061
        ? .text(isByChannel ? "True" : "False") : .flag(isByChannel),
      "quant_scheme": .text("post_training_tf"),
    ])
    var entries: OrderedDictionary<String, PlanTree> = ["version": .text(version.rawValue)]
    switch version {
    case .v061:
      entries["activation_encodings"] = .map([:])
      entries["param_encodings"] = .block(
        OrderedDictionary(
          encodings.map { ($0.name, .lines(Self.channels($0.encoding))) },
          uniquingKeysWith: { first, _ in first }))
    case .v100:
      entries["activation_encodings"] = .list([])
      entries["excluded_layers"] = .list([])
      entries["param_encodings"] = .lines(encodings.map { Self.entry($0.name, $0.encoding) })
    }
    entries["quantizer_args"] = arguments
    return Recipe(text: PlanTree.block(entries).json() + "\n", notes: notes.lines)
  }

  private func encoding(
    of layer: RecipeLayer, _ notes: inout RecipeNotes
  ) -> QuantizedEncoding? {
    guard let weights = layer.form.weights else { return nil }
    if weights.scheme.hasSuffix("float16") {
      return QuantizedEncoding(bits: 16, form: .float, isSymmetric: false, scales: [], zeros: [])
    }
    guard weights.isInteger, let compressed = layer.compressed,
      let encoding = QuantizedEncoding(compressed, bits: weights.bits)
    else {
      notes.add("AIMET can't encode \(weights.words); the weights are left out", layer: layer.name)
      return nil
    }
    if case .blocks = encoding.form, version == .v061 {
      notes.add("version 0.6.1 has no groups; the weights are left out", layer: layer.name)
      return nil
    }
    if case .other = encoding.form {
      notes.add(
        "AIMET has no scales by kernel position; the weights are left out", layer: layer.name)
      return nil
    }
    if weights.bits < 4 {
      notes.add("AIMET's specification has encodings of 4 bits and more", layer: layer.name)
    }
    return encoding
  }

  /// Version 0.6.1: an object for each scale.
  private static func channels(_ encoding: QuantizedEncoding) -> [PlanTree] {
    guard encoding.form != .float else {
      return [.map(["bitwidth": .number(16), "dtype": .text("float")])]
    }
    return encoding.scales.indices.map { index in
      let scale = Double(encoding.scales[index])
      let offset = encoding.offset(index)
      return .map([
        "bitwidth": .number(encoding.bits), "dtype": .text("int"),
        "is_symmetric": .text(encoding.isSymmetric ? "True" : "False"),
        "max": .number(Double((1 << encoding.bits) - 1 + offset) * scale),
        "min": .number(Double(offset) * scale), "offset": .number(offset),
        "scale": .number(scale),
      ])
    }
  }

  /// Version 1.0.0: one object with arrays.
  private static func entry(_ name: String, _ encoding: QuantizedEncoding) -> PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = ["name": .text(name)]
    switch encoding.form {
    case .float:
      entries["enc_type"] = .text("PER_TENSOR")
      entries["dtype"] = .text("FLOAT")
      entries["bw"] = .number(16)
      return .map(entries)
    case .tensor: entries["enc_type"] = .text("PER_TENSOR")
    case .channels, .other: entries["enc_type"] = .text("PER_CHANNEL")
    case .blocks(let size):
      entries["enc_type"] = .text("PER_BLOCK")
      entries["block_size"] = .number(size)
    }
    entries["dtype"] = .text("INT")
    entries["bw"] = .number(encoding.bits)
    entries["is_sym"] = .flag(encoding.isSymmetric)
    entries["scale"] = .list(encoding.scales.map { .number($0) })
    entries["offset"] = .list(encoding.scales.indices.map { .number(encoding.offset($0)) })
    return .map(entries)
  }
}
