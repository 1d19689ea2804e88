import ModelCompression

/// The results of a sensitivity scan so far: a cell for each layer and setting, beside the original
/// network on the same images.
public struct SensitivityTable: Sendable, Hashable {
  /// One row of the table: a layer and what is known of it without running anything.
  public struct Layer: Sendable, Hashable {
    /// The layer's name.
    public var name: String
    /// The graph value that holds its weights.
    public var weight: String
    /// The layer's place among the model's layers.
    public var index: Int
    /// Number of weights.
    public var parameters: Int
    /// Fourth standardized moment of the weights: 3 for a normal distribution, more with outliers.
    public var kurtosis: Double

    /// Makes a row.
    public init(name: String, weight: String, index: Int, parameters: Int, kurtosis: Double) {
      self.name = name
      self.weight = weight
      self.index = index
      self.parameters = parameters
      self.kurtosis = kurtosis
    }
  }

  /// Images in the evaluation set.
  public var images: Int
  /// Images that the original network was measured on so far.
  public var baselineImages: Int
  /// The original network on those images; nil without labels, and before anything was measured.
  public var baseline: PreviewMetrics.Accuracy?
  /// Which layers are compressed in a cell.
  public var direction: SensitivityScan.Direction
  /// The layers, in graph order.
  public var layers: [Layer]
  /// The settings, in the scan's order.
  public var settings: [LayerSetting]
  /// The cells, all settings of the first layer first.
  public var cells: [SensitivityCell]
  /// What was scanned; nil until measuring starts.
  public var identity: ScanIdentity?

  /// A table in which nothing is known yet.
  public init(
    images: Int, direction: SensitivityScan.Direction, layers: [Layer], settings: [LayerSetting]
  ) {
    self.images = images
    self.direction = direction
    self.layers = layers
    self.settings = settings
    baselineImages = 0
    cells = layers.flatMap { layer in
      settings.map {
        SensitivityCell(layer: layer.name, layerIndex: layer.index, setting: $0)
      }
    }
  }

  /// The cell of row `layer` and column `setting`.
  public subscript(layer: Int, setting: Int) -> SensitivityCell {
    get { cells[layer * settings.count + setting] }
    set { cells[layer * settings.count + setting] = newValue }
  }

  /// The cell of a layer by name at a setting; nil when the table has none.
  public func cell(layer: String, setting: LayerSetting) -> SensitivityCell? {
    guard let row = layers.firstIndex(where: { $0.name == layer }),
      let column = settings.firstIndex(of: setting)
    else { return nil }
    return self[row, column]
  }

  /// Whether every cell is finished.
  public var isComplete: Bool { cells.allSatisfy(\.isFinished) }
}
