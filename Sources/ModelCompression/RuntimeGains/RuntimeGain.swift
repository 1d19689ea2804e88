import NetworkGraph

/// What one form of compression does to the time of one runtime, and where that is said.
public struct RuntimeGain: Sendable, Hashable {
  /// Whether time falls.
  public enum Effect: String, Sendable, Hashable {
    /// It does, under the condition that the note names.
    case faster
    /// It does not: the file or the memory gets smaller at most.
    case same
  }

  /// The layers that an entry is about.
  public enum Layers: String, Sendable, Hashable {
    /// Any.
    case all
    /// Matrix products.
    case matrices
    /// Convolutions of any kernel.
    case convolutions
    /// Convolutions of 1 x 1 without groups.
    case pointwise

    /// Whether a layer is one of them.
    public func contains(_ layer: CompressibleLayer) -> Bool {
      let isConvolution = layer.op.hasPrefix("Conv")
      return switch self {
      case .all: true
      case .matrices: !isConvolution && layer.op != "Gather"
      case .convolutions: isConvolution
      case .pointwise:
        layer.op == "Conv" && layer.group == 1 && layer.shape.dropFirst(2).allSatisfy { $0 == 1 }
      }
    }
  }

  /// What was done.
  public let form: CompressionForm
  /// Where it runs.
  public let runtime: InferenceRuntime
  /// The layers that it is about.
  public let layers: Layers
  /// Whether time falls.
  public let effect: Effect
  /// The condition or the reason, a few words; may be empty.
  public let note: String
  /// Where it is said: an address, a paper, or an issue as `owner/name#number`.
  public let source: String

  /// Makes an entry.
  public init(
    _ form: CompressionForm, _ runtime: InferenceRuntime, _ effect: Effect, _ note: String = "",
    layers: Layers = .all, source: String
  ) {
    self.form = form
    self.runtime = runtime
    self.layers = layers
    self.effect = effect
    self.note = note
    self.source = source
  }
}
