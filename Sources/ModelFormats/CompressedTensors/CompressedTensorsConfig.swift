import Tensors

/// The `config.json` beside a compressed-tensors file: which modules are stored in which form.
///
/// Fields as in compressed-tensors 0.20 (quantization/quant_config.py) and, for the sparse forms, 0.12
/// (config/base.py).
public struct CompressedTensorsConfig: Sendable {
  /// The form of the quantized or sparse modules.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// Integer codes packed into 32-bit words.
    case packQuantized = "pack-quantized"
    /// Integer codes of a byte each.
    case intQuantized = "int-quantized"
    /// FP8 codes.
    case floatQuantized = "float-quantized"
    /// Non-zero values and a bit for each place.
    case sparseBitmask = "sparse-bitmask"
    /// Two of four values and a bit for each place.
    case sparse24Bitmask = "sparse-24-bitmask"

    /// Whether it stores floats without their zeros.
    public var isSparse: Bool { self == .sparseBitmask || self == .sparse24Bitmask }
  }

  /// The form.
  public let format: Format
  /// The modules of each scheme, in the order of the file; for sparse forms one entry without scheme.
  public private(set) var groups: [(scheme: CompressedTensorsScheme?, targets: [String])] = []
  /// Share of zeros in the sparse modules.
  public var sparsity = 0.0

  /// A config without modules.
  public init(format: Format) { self.format = format }

  /// Adds a module.
  public mutating func add(_ module: String, _ scheme: CompressedTensorsScheme? = nil) {
    if let index = groups.firstIndex(where: { $0.scheme == scheme }) {
      groups[index].targets.append(module)
    } else {
      groups.append((scheme, [module]))
    }
  }

  /// The file's content.
  public var bytes: [UInt8] {
    Array(
      "{\n  \"quantization_config\": {\n    \"quant_method\": \"compressed-tensors\",\n\(format.isSparse ? sparse : quantized)\n  }\n}\n"
        .utf8)
  }

  private static func list(_ names: [String]) -> String {
    "[" + names.map { JSONValue.quoted($0) }.joined(separator: ", ") + "]"
  }

  private var quantized: String {
    let entries = groups.enumerated().map { number, group in
      "      \"group_\(number)\": {\"targets\": \(Self.list(group.targets)), "
        + "\"weights\": \(group.scheme?.json ?? "null"), \"input_activations\": null, "
        + "\"output_activations\": null, \"format\": \"\(format.rawValue)\"}"
    }
    return "    \"format\": \"\(format.rawValue)\",\n"
      + "    \"quantization_status\": \"compressed\",\n"
      + "    \"global_compression_ratio\": null,\n    \"kv_cache_scheme\": null,\n"
      + "    \"ignore\": [],\n    \"config_groups\": {\n"
      + entries.joined(separator: ",\n") + (entries.isEmpty ? "    }" : "\n    }")
  }

  private var sparse: String {
    // Four digits whatever the value, so that the length of the file is known without it.
    let share = Int((min(max(sparsity, 0), 1) * 10_000).rounded())
    let digits = String(share % 10_000)
    let text = "\(share / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    let structure = format == .sparse24Bitmask ? "2:4" : "unstructured"
    return "    \"sparsity_config\": {\"format\": \"\(format.rawValue)\", "
      + "\"targets\": \(Self.list(groups.first?.targets ?? [])), \"ignore\": [], "
      + "\"global_sparsity\": \(text), \"sparsity_structure\": \"\(structure)\"}"
  }

  /// Reads a `config.json`.
  ///
  /// - Throws: ``EngineError`` with code `malformedFile` when it describes no such file.
  init(json: JSONValue) throws(EngineError) {
    guard case .object(let root) = json, case .object(let config)? = root["quantization_config"]
    else { throw Self.malformed("has no quantization_config") }
    if case .object(let sparsity)? = config["sparsity_config"], !sparsity.isEmpty {
      guard case .string(let name)? = sparsity["format"], let format = Format(rawValue: name),
        format.isSparse
      else { throw Self.malformed("has a sparsity_config of an unknown format") }
      self.init(format: format)
      for target in Self.texts(sparsity["targets"]) { add(target) }
      return
    }
    guard case .string(let name)? = config["format"], let format = Format(rawValue: name),
      case .object(let groups)? = config["config_groups"]
    else { throw Self.malformed("has a quantization_config of an unknown format") }
    self.init(format: format)
    for case .object(let group) in groups.values {
      guard let scheme = CompressedTensorsScheme(group["weights"]) else {
        throw Self.malformed("has weights of an unknown scheme")
      }
      for target in Self.texts(group["targets"]) { add(target, scheme) }
    }
  }

  private static func texts(_ value: JSONValue?) -> [String] {
    guard case .array(let items)? = value else { return [] }
    return items.compactMap { item in
      if case .string(let text) = item { return text }
      return nil
    }
  }

  private static func malformed(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, problem: problem,
      remedy: "Keep the config.json that was written with the file beside it")
  }
}
