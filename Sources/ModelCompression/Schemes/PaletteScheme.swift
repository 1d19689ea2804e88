import NetworkGraph
import Tensors

/// 2^b levels chosen by k-means, and an index for each weight (Deep Compression, 1510.00149, section 3;
/// coremltools' palettization): one palette for the tensor, for each output channel, or for groups of
/// output channels.
///
/// Lloyd's algorithm (``ScalarKMeans``) starts from k-means++ with the layer's seed (`palette`), or from
/// levels evenly spread over the range (`palette-linear`, the start that Deep Compression found best).
/// Where a weight is zero, pruned or not, one level is pinned to 0.
public struct PaletteScheme: WeightScheme {
  /// `palette` or `palette-linear`.
  public let name: String
  /// For the screen.
  public var summary: String {
    start == .linear
      ? "levels by k-means from even steps, and an index each"
      : "levels by seeded k-means, and an index each"
  }
  /// 1...8.
  public let allowedBits = [1, 2, 3, 4, 5, 6, 7, 8]
  /// False: levels lie where weights are.
  public let usesRange = false
  /// The tensor as a whole.
  public let standardGranularity = WeightQuantization.Granularity.tensor
  /// 1...4096 output channels.
  public let allowedGroups = 1...4096
  /// Whether levels start from numbers drawn with the seed.
  public var isRandom: Bool { start == .spread }
  private let start: ScalarKMeans.Start

  /// A palette that starts from k-means++ (`spread`) or from even steps (`linear`).
  public init(start: ScalarKMeans.Start) {
    self.start = start
    name = start == .linear ? "palette-linear" : "palette"
  }

  /// Indices of one byte, and 2^bits levels a palette.
  public func form(_ setting: WeightQuantization, for layer: CompressibleLayer) -> QuantizedForm {
    QuantizedForm(
      kind: .palette, codes: .uint8,
      layout: ScaleLayout(paletteBy: setting.granularity, for: layer), hasScales: false,
      paletteLength: 1 << setting.bits)
  }

  /// The levels.
  public func grid(_ input: GridInput) throws -> any WeightGrid {
    let form = form(input.setting, for: input.layer)
    let values = try input.values(by: form.layout)
    let holdsZero = input.holdsZero(by: form.layout, kept: values)
    var palettes: [Float] = []
    palettes.reserveCapacity(values.count * form.paletteLength)
    for (place, values) in values.enumerated() {
      if input.isCancelled() { throw CancellationError() }
      let levels = ScalarKMeans(values: values, holdsZero: holdsZero[place]).levels(
        form.paletteLength, start: start,
        seed: SeedMixing.splitMix(input.seed, at: UInt64(place)))
      palettes += levels
    }
    return PaletteGrid(form: form, palettes: palettes)
  }
}
