import ModelCompression

/// One layer at one setting: what its weights alone say, and what was measured of it so far.
///
/// Fractions are 0...1; the delta is the cell minus the original network on the same images. What
/// needs labels or class scores is nil without them, and so is everything not measured yet.
public struct SensitivityCell: Sendable, Hashable {
  /// How far a cell has come.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// Only the scores that need no run of the network.
    case free
    /// Measured on some of the images.
    case partial
    /// Stopped early: more images would not change what it says.
    case decided
    /// Measured on all images.
    case complete
  }

  /// The layer's name.
  public var layer: String
  /// The layer's place among the model's layers.
  public var layerIndex: Int
  /// The setting.
  public var setting: LayerSetting
  /// How far it has come.
  public var state: State = .free

  /// Share of zeros among the layer's weights at this setting.
  public var sparsity = 0.0
  /// Signal to quantization noise ratio of the layer's weights, dB; infinity when nothing changed.
  public var weightSQNR = Double.infinity
  /// Relative error of the layer's weights: ||w - v|| / ||w||.
  public var weightError = 0.0
  /// Signal to quantization noise ratio of the layer's output when its input is the original one, dB,
  /// over the first images.
  public var localSQNR: Double?

  /// The growth of the mean loss that the Fisher information predicts, nats; nil until it was asked for.
  public var fisher: Double?

  /// Images run so far.
  public var images = 0
  /// Images with the right class first.
  public var correct: Int?
  /// Share of images with the right class first.
  public var top1: Double?
  /// Share of images with the right class among the first five.
  public var top5: Double?
  /// Mean cross-entropy in nats.
  public var loss: Double?
  /// Top-1 minus the original network's.
  public var delta: Double?
  /// The 95 % interval of the paired difference.
  public var interval95: ClosedRange<Double>?
  /// Exact McNemar p, two-sided.
  public var p: Double?
  /// Images that only the cell gets right.
  public var better: Int?
  /// Images that only the original network gets right.
  public var worse: Int?
  /// Share of images with the original network's first class.
  public var agreement: Double?
  /// Mean Kullback-Leibler divergence from the original's class probabilities, nats.
  public var divergence: Double?
  /// Mean cosine between the network's outputs and the original ones.
  public var cosine: Double?
  /// Signal to quantization noise ratio of the network's outputs, dB; infinity when equal.
  public var outputSQNR: Double?
  /// The task's own figures, without an interval; nil for classes, and until the cell is finished.
  public var task: TaskResult?
  /// Seconds of computing, over all threads.
  public var seconds = 0.0

  /// A cell that nothing is known of.
  public init(layer: String, layerIndex: Int, setting: LayerSetting) {
    self.layer = layer
    self.layerIndex = layerIndex
    self.setting = setting
  }

  /// The setting in short: `bits=4`, `prune=0.5`, `prune=0.5,bits=4`.
  public var settingName: String { setting.scanName }

  /// Whether no more images will be run.
  public var isFinished: Bool { state == .decided || state == .complete }
}
