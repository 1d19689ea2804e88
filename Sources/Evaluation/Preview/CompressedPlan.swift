import ModelCompression
import Tensors

/// A plan applied to the weights of a model: what is previewed, counted, exported and verified.
public struct CompressedPlan: Sendable {
  /// One layer as reports list it.
  public struct Row: Sendable, Hashable {
    /// The layer's name.
    public var name: String
    /// Share of zeros among its weights.
    public var sparsity: Double
    /// Bits of a weight: 32 for floats.
    public var bits: Int
    /// Bytes in the smallest of the encodings.
    public var storedBytes: Int
    /// Bytes bit-packed, scales included.
    public var packedBytes: Int
    /// Bytes as 32-bit floats.
    public var originalBytes: Int
    /// The smallest encoding: `packed`, `bitmask` or `compressed-row`.
    public var encoding: String
    /// Signal to quantization noise ratio of the weights, dB; infinity when nothing changed.
    public var sqnr: Double
  }

  /// The plan.
  public let plan: CompressionPlan
  /// The compressed weights of each layer in layer order; nil for layers left alone.
  public internal(set) var weights: [CompressedWeights?]
  /// What identifies the result of each layer; equal keys give equal weights.
  ///
  /// Nil like ``weights``.
  let keys: [EffectiveSetting?]
  /// Bytes of each layer in each way to store it, in layer order.
  var sizes: [StoredSize]
  /// One row per layer.
  public internal(set) var rows: [Row]
  /// The setting of each layer that the plan's rules come to.
  public let settings: [LayerSetting]
  /// What the user should know about the plan's rules.
  public internal(set) var notices: [String]
  /// The network that the plan's steps made, in which the layers are compressed; nil for plans without
  /// such steps.
  public internal(set) var variant: ModelVariant?
  /// Constants other than compressed weights that repair replaced, by name: biases, and statistics of
  /// batch normalization.
  public internal(set) var constants: [String: Tensor] = [:]

  /// The network with rounded activations, which is what is run and exported then; nil without.
  var rounded: ModelVariant?
  /// How activations are rounded, by layer.
  var rounding: [String: ActivationQuantization] = [:]

  /// The network that is run and exported; nil for the opened one.
  var executed: ModelVariant? { rounded ?? variant }
  /// What the plan's results depend on.
  var identity: PlanIdentity {
    PlanIdentity(steps: variant?.steps, layers: keys, rounding: rounding)
  }
}
