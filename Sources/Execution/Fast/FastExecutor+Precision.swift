import COneDNN

extension FastExecutor {
  /// The format in which weights and activations meet.
  public enum Precision: Sendable {
    /// 32 bits throughout.
    case float32
    /// Convolutions, matrix products and what lies between them read and write bf16 and sum in 32
    /// bits; inputs and outputs of the graph stay 32-bit floats.
    ///
    /// Checkpoints take half the memory, and belong to executors of this precision.
    case bfloat16
  }

  /// Whether this processor multiplies bf16 (AVX-512 bf16 or AMX).
  public static var supportsBFloat16: Bool { Int(cdnn_cpu_features()) & CDNN_CPU_BF16 != 0 }

  /// Whether this processor multiplies tiles of bf16 (AMX), so that bf16 is faster for any network.
  public static var hasAMX: Bool { Int(cdnn_cpu_features()) & CDNN_CPU_AMX != 0 }
}
