/// The software that a compressed model may run in.
public enum InferenceRuntime: String, Sendable, Hashable, CaseIterable {
  /// ONNX Runtime's CPU provider.
  case onnxRuntimeCPU = "ONNX Runtime"
  /// OpenVINO's CPU plugin.
  case openVINO = "OpenVINO"
  /// PyTorch on the CPU.
  case pyTorchCPU = "PyTorch"
  /// TensorRT on NVIDIA's GPUs.
  case tensorRT = "TensorRT"
  /// Core ML on Apple's devices.
  case coreML = "Core ML"
  /// XNNPACK, as in LiteRT and ExecuTorch.
  case xnnpack = "XNNPACK"
}
