import NetworkGraph
import Tensors

/// Reading AIMET's encodings.
extension AIMETRecipe {
  /// The plan of a file of either version: bits, symmetry and granularity of each parameter.
  ///
  /// Ranges and scales are found again from the weights; a plan states how, not which.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "AIMET encodings")
    var draft = PlanDraft(source: source, layers: layers)
    guard let parameters = source.optional(source.root, "param_encodings") else {
      throw source.failure(
        source.root,
        "'param_encodings' is missing: these are not encodings of version 0.6.1 or "
          + "1.0.0", remedy: "Export them with one of those versions")
    }
    if let list = parameters.sequence {
      for node in list {
        guard let name = source.optional(node, "name") else {
          throw source.failure(node, "an encoding has no 'name'")
        }
        try read(
          node, of: try source.text(name, of: "name"), bitsKey: "bw", symmetryKey: "is_sym",
          count: nil, source, &draft)
      }
    } else {
      for entry in try source.entries(parameters, of: "'param_encodings'") {
        guard let list = entry.value.sequence, let first = list.first else {
          throw source.failure(entry.value, "'\(entry.key)' has to be a list of encodings")
        }
        try read(
          first, of: entry.key, bitsKey: "bitwidth", symmetryKey: "is_symmetric",
          count: list.count, source, &draft)
      }
    }
    if let activations = source.optional(source.root, "activation_encodings"),
      activations.sequence?.isEmpty == false || activations.mapping?.isEmpty == false
    {
      draft.note("ranges of activations are not read: a plan finds its own", at: activations)
    }
    return try draft.imported(kind: "AIMET encodings")
  }

  /// One parameter; `count` is the number of its encodings in version 0.6.1.
  private func read(
    _ node: YAMLNode, of name: String, bitsKey: String, symmetryKey: String, count: Int?,
    _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    guard let bitsNode = source.optional(node, bitsKey) else {
      throw source.failure(node, "the encoding of '\(name)' has no '\(bitsKey)'")
    }
    let bits = try source.integer(bitsNode, of: bitsKey)
    let key = draft.key(parameter: name)
    if let type = source.optional(node, "dtype"),
      try source.text(type, of: "dtype").lowercased() != "int"
    {
      guard bits == 16 else {
        // 32-bit floats are what a layer has that a plan leaves alone.
        if bits != 32 { draft.note("\(bits)-bit floats of '\(name)' are not read", at: type) }
        return
      }
      draft.set(.weights, WeightForm(bits: 16, scheme: "float16").tree, for: key, at: node)
      return
    }
    if bits == 32 { return }
    // Biases are stored in 32 bits; others of rank 1 would match no layer and be told later.
    var form = WeightForm(bits: bits, granularity: count == 1 ? .tensor : .channel)
    if let symmetry = source.optional(node, symmetryKey),
      try !source.flag(symmetry, of: symmetryKey)
    {
      form.scheme = "asymmetric"
    }
    if let type = source.optional(node, "enc_type") {
      switch try source.text(type, of: "enc_type") {
      case "PER_TENSOR": form.granularity = .tensor
      case "PER_CHANNEL": form.granularity = .channel
      case "PER_BLOCK":
        guard let size = source.optional(node, "block_size") else {
          throw source.failure(node, "the encoding of '\(name)' has no 'block_size'")
        }
        form.granularity = .group(try source.integer(size, of: "block_size"))
      case let other:
        draft.note("enc_type \(other) of '\(name)' is not read", at: type)
        return
      }
    }
    draft.set(.weights, form.tree, for: key, at: node)
  }
}
