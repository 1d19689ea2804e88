import ModelCompression

/// Exact bytes of a model under a plan.
public struct SizeSummary: Sendable, Hashable {
  /// Bytes of the original model file.
  public var originalFile: Int
  /// Bytes of all weights of compressible layers as 32-bit floats, before.
  public var originalWeights: Int
  /// Bytes of those weights bit-packed, scales included.
  public var packedWeights: Int
  /// The file's bytes with each weight in the smallest of packed, bitmask and compressed rows, scales
  /// included, and everything else unchanged.
  public var stored: Int
  /// Exact bytes of the file each export format would write, by format name.
  public var formats: [String: Int]
  /// Share of zeros among all compressible weights.
  public var sparsity: Double
  /// Layers left alone whose zeros are not counted yet.
  ///
  /// They count as dense in ``sparsity`` and ``nonzeroMultiplyAdds``; no number of bytes depends on
  /// them.
  public var uncountedLayers = 0
  /// Multiply-adds of one sample.
  public var multiplyAdds: Int
  /// Multiply-adds of one sample that meet a nonzero weight.
  public var nonzeroMultiplyAdds: Int

  /// Makes a summary.
  public init(
    originalFile: Int, originalWeights: Int, packedWeights: Int, stored: Int,
    formats: [String: Int], sparsity: Double,
    multiplyAdds: Int, nonzeroMultiplyAdds: Int
  ) {
    self.originalFile = originalFile
    self.originalWeights = originalWeights
    self.packedWeights = packedWeights
    self.stored = stored
    self.formats = formats
    self.sparsity = sparsity
    self.multiplyAdds = multiplyAdds
    self.nonzeroMultiplyAdds = nonzeroMultiplyAdds
  }
}

extension SizeSummary {
  /// What one layer adds.
  struct Row {
    var size: StoredSize
    /// Share of zeros; nil where it is not known yet, and then the layer counts as dense.
    var sparsity: Double?
  }

  /// The sizes of `model` under a plan; `multiplyAdds` is one figure a layer, nil where unknown.
  init(model: OpenedModel, compressed: CompressedPlan, multiplyAdds: [Int?]) {
    let exporter = ModelExporter(model: model, compressed: compressed)
    var formats: [String: Int] = [:]
    for format in ModelExporter.formats(for: model) {
      if let bytes = try? exporter.byteCount(format) { formats[format.rawValue] = bytes }
    }
    self.init(
      model: model,
      rows: zip(compressed.sizes, compressed.rows).map { Row(size: $0, sparsity: $1.sparsity) },
      formats: formats, multiplyAdds: multiplyAdds)
  }

  /// The sums of `rows`, one a layer.
  init(model: OpenedModel, rows: [Row], formats: [String: Int], multiplyAdds: [Int?]) {
    let original = rows.reduce(0) { $0 + $1.size.original }
    let count = model.layers.reduce(0) { $0 + $1.parameters }
    let zeros = zip(model.layers, rows).reduce(0.0) {
      $0 + Double($1.0.parameters) * ($1.1.sparsity ?? 0)
    }
    let nonzero = zip(multiplyAdds, rows).reduce(0.0) { sum, pair in
      sum + Double(pair.0 ?? 0) * (1 - (pair.1.sparsity ?? 0))
    }
    // Steps of the plan may have made the model another one; it is compared with the opened one.
    let opened = model.original ?? model
    self.init(
      originalFile: opened.fileBytes,
      originalWeights: opened.layers.reduce(0) { $0 + $1.parameters * 4 },
      packedWeights: rows.reduce(0) { $0 + $1.size.packed },
      stored: model.fileBytes - original + rows.reduce(0) { $0 + $1.size.best },
      formats: formats, sparsity: count == 0 ? 0 : zeros / Double(count),
      multiplyAdds: multiplyAdds.reduce(0) { $0 + ($1 ?? 0) },
      nonzeroMultiplyAdds: Int(nonzero.rounded()))
    uncountedLayers = rows.count { $0.sparsity == nil }
  }
}
