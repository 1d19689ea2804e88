import ModelCompression
import Tensors

/// Every way to store a model under a plan with its exact bytes, and what it costs to run.
///
/// Unlike ``SizeSummary``, which is there with the next frame, this looks at every weight: it is made
/// on request.
public struct StorageFigures: Sendable {
  /// The ways, the weights' first, then the files.
  public let rows: [StorageRow]
  /// Weights of all compressible layers.
  public let weights: Int
  /// Mean bits of a weight's code alone.
  public let codeBits: Double
  /// Mean bits of a weight with the scales, zero points and palettes that it needs.
  public let packedBits: Double
  /// Mean bits of a weight in the smallest of packed, bitmask and compressed rows: with scales and
  /// indices.
  public let storedBits: Double
  /// Multiply-adds of one sample; nil when shapes are not known.
  public let multiplyAdds: Int?
  /// Bit operations of one sample: sum of multiply-adds x bits of a weight x bits of the
  /// activation that it reads (HAWQ-V3, 2011.10680, section 3.3); nil when shapes are not known.
  public let bitOperations: Int?

  /// Looks at all weights of a plan.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - compressed: The plan applied to it.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError`; ``EngineError`` when memory runs out.
  /// - Complexity: O(weights), at about 20 MB/s for deflate.
  public init(
    model: OpenedModel, compressed: CompressedPlan, isCancelled: () -> Bool = { false }
  ) throws {
    // Steps of the plan may have made another network.
    let network = compressed.network(of: model)
    var sums = Sums()
    for (index, layer) in network.layers.enumerated() {
      let weights = compressed.weights[index]
      sums.add(
        try LayerStorage(
          values: weights?.dequantized ?? network.weights[index], compressed: weights,
          size: compressed.sizes[index], isCancelled: isCancelled),
        compressed.sizes[index], count: layer.parameters,
        bits: LayerStorage.storedBits(weights))
    }
    let exporter = ModelExporter(model: model, compressed: compressed)
    let files = ModelExporter.formats(for: model).compactMap { format in
      (try? exporter.byteCount(format)).map {
        StorageRow(name: format.rawValue, bytes: $0, remark: format.summary, group: .file)
      }
    }
    rows = sums.rows + files
    weights = sums.count
    let total = Double(max(sums.count, 1))
    codeBits = Double(sums.codeBits) / total
    packedBits = Double(sums.packed * 8) / total
    storedBits = Double(sums.best * 8) / total
    let costs = network.summary.layers.map(\.multiplyAdds)
    guard costs.allSatisfy({ $0 != nil }), !costs.isEmpty else {
      multiplyAdds = nil
      bitOperations = nil
      return
    }
    multiplyAdds = costs.reduce(0) { $0 + ($1 ?? 0) }
    bitOperations = costs.enumerated().reduce(0) { sum, entry in
      let bits =
        compressed.weights[entry.offset]?.codes == nil
        ? 32 : compressed.weights[entry.offset]?.setting.weights?.bits ?? 32
      return sum + (entry.element ?? 0) * bits
        * (compressed.settings[entry.offset].activations?.bits ?? 32)
    }
  }

  /// The sums over layers.
  private struct Sums {
    var (count, codeBits, packed, best) = (0, 0, 0, 0)
    private var (bitmask, compressedRow, deflated, entropy) = (0, 0, 0, 0)
    private var (palette, paletteLayers, twoOfFour, twoOfFourLayers) = (0, 0, 0, 0)

    mutating func add(_ layer: LayerStorage, _ size: StoredSize, count: Int, bits: Int) {
      self.count += count
      codeBits += count * bits
      packed += size.packed
      best += size.best
      bitmask += size.bitmask
      compressedRow += size.compressedRow
      deflated += layer.deflated
      entropy += layer.entropy
      palette += layer.palette ?? size.packed
      paletteLayers += layer.palette == nil ? 0 : 1
      twoOfFour += layer.twoOfFour ?? size.packed
      twoOfFourLayers += layer.twoOfFour == nil ? 0 : 1
    }

    /// The rows of the weights.
    var rows: [StorageRow] {
      func row(_ name: String, _ bytes: Int, _ remark: String) -> StorageRow {
        StorageRow(name: name, bytes: bytes, remark: remark, group: .weights)
      }
      var rows = [
        row("float32", 4 * count, "4 bytes a weight"),
        row("float16", 2 * count, "2 bytes a weight: rounded, not the previewed values"),
        row("packed", packed, "codes bit by bit, with scales and zero points"),
        row("bitmask", bitmask, "1 bit a weight and the codes that are not zero"),
        row("compressed rows", compressedRow, "codes that are not zero with their columns"),
      ]
      if twoOfFourLayers > 0 {
        rows.append(
          row("2:4", twoOfFour, "2 of 4 codes and 2 bits each, in \(twoOfFourLayers) layers"))
      }
      if paletteLayers > 0 {
        rows.append(
          row(
            "palette", palette,
            "indices into a table, in \(paletteLayers) layers of at most 256 values"))
      }
      rows += [
        row("best of each", best, "packed, bitmask or compressed rows, layer by layer"),
        row("deflate", deflated, "zlib level 6 over the packed codes of each layer, with scales"),
        row("entropy bound", entropy, "n x H(p): no code of single weights is shorter"),
      ]
      return rows
    }
  }
}

extension PreviewEngine {
  /// Every way to store a plan, as ``StorageFigures``; runs on the caller and stops when its task is cancelled.
  ///
  /// - Throws: `CancellationError`; ``EngineError`` when memory runs out.
  public nonisolated func storageFigures(of compressed: CompressedPlan) throws -> StorageFigures {
    try StorageFigures(
      model: model, compressed: compressed, isCancelled: { Task.isCancelled })
  }
}
