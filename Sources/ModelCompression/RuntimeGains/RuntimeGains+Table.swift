extension RuntimeGains {
  /// The entries of every form and runtime, each with its source.
  ///
  /// Where runtimes differ by layer, the entry for the narrower kind comes first.
  public static let table: [RuntimeGain] = zeros + channels + weights + activations + halves

  private static let sparseML = "neuralmagic/sparseml#1120"
  private static let openVINOSparse =
    "https://docs.openvino.ai/2025/notebooks/sparsity-optimization-with-output.html"
  private static let pyTorchPrune = "pytorch/tutorials#905"
  private static let tensorRTSparse = "NVIDIA/TensorRT#3282"
  private static let coreMLPruning =
    "https://apple.github.io/coremltools/docs-guides/source/opt-pruning-perf.html"
  private static let xnnpackSparse =
    "arXiv 1911.09723; tfmot.sparsity.keras.PruneForLatencyOnXNNPack"
  private static let semiStructured =
    "https://docs.pytorch.org/tutorials/advanced/semi_structured_sparse.html"

  /// Zeros among weights that are still there.
  private static let zeros: [RuntimeGain] = [
    RuntimeGain(.unstructured, .onnxRuntimeCPU, .same, "no sparse kernels", source: sparseML),
    RuntimeGain(
      .unstructured, .openVINO, .same, "but int8 matrices on AMX from about 60 %",
      source: openVINOSparse),
    RuntimeGain(.unstructured, .pyTorchCPU, .same, "dense kernels", source: pyTorchPrune),
    RuntimeGain(.unstructured, .tensorRT, .same, "only 2:4", source: tensorRTSparse),
    RuntimeGain(.unstructured, .coreML, .faster, "Neural Engine", source: coreMLPruning),
    RuntimeGain(
      .unstructured, .xnnpack, .faster, "1x1 convolutions", layers: .pointwise,
      source: xnnpackSparse),
    RuntimeGain(.unstructured, .xnnpack, .same, "1x1 convolutions only", source: xnnpackSparse),

    RuntimeGain(.twoOfFour, .onnxRuntimeCPU, .same, "no sparse kernels", source: sparseML),
    RuntimeGain(
      .twoOfFour, .openVINO, .same, "sparse weights are unpacked, not skipped",
      source: openVINOSparse),
    RuntimeGain(.twoOfFour, .pyTorchCPU, .same, "its 2:4 is for GPUs", source: semiStructured),
    RuntimeGain(
      .twoOfFour, .tensorRT, .faster, "Ampere and later",
      source: "https://developer.nvidia.com/blog/"
        + "accelerating-inference-with-sparsity-using-ampere-and-tensorrt"),
    RuntimeGain(.twoOfFour, .coreML, .faster, "Neural Engine", source: coreMLPruning),
    RuntimeGain(.twoOfFour, .xnnpack, .same, "no such kernels", source: xnnpackSparse),

    RuntimeGain(.runs, .onnxRuntimeCPU, .same, "no sparse kernels", source: sparseML),
    RuntimeGain(.runs, .openVINO, .same, "no sparse kernels", source: openVINOSparse),
    RuntimeGain(.runs, .pyTorchCPU, .same, "dense kernels", source: pyTorchPrune),
    RuntimeGain(.runs, .tensorRT, .same, "only 2:4", source: tensorRTSparse),
    RuntimeGain(
      .runs, .coreML, .faster, "CPU, runs of 4, 8 or 16", layers: .matrices,
      source: coreMLPruning),
    RuntimeGain(.runs, .coreML, .faster, "Neural Engine", source: coreMLPruning),
    RuntimeGain(.runs, .xnnpack, .same, "no such kernels", source: xnnpackSparse),

    RuntimeGain(.blocks, .onnxRuntimeCPU, .same, "no sparse kernels", source: sparseML),
    RuntimeGain(.blocks, .openVINO, .same, "no sparse kernels", source: openVINOSparse),
    RuntimeGain(.blocks, .pyTorchCPU, .same, "dense kernels", source: pyTorchPrune),
    RuntimeGain(.blocks, .tensorRT, .same, "only 2:4", source: tensorRTSparse),
    RuntimeGain(.blocks, .coreML, .faster, "Neural Engine skips blocks", source: coreMLPruning),
    RuntimeGain(
      .blocks, .xnnpack, .faster, "1x1 convolutions", layers: .pointwise, source: xnnpackSparse),
    RuntimeGain(.blocks, .xnnpack, .same, "1x1 convolutions only", source: xnnpackSparse),
  ]

  /// Whole channels: "Pruning Filters for Efficient ConvNets" (arXiv 1608.08710), section 1: removed
  /// filters need no sparse libraries, zeroed ones are computed like any other.
  private static let channels: [RuntimeGain] = InferenceRuntime.allCases.flatMap { runtime in
    [
      RuntimeGain(
        .zeroedChannels, runtime, .same, "until they are removed",
        source: "arXiv 1608.08710, section 1"),
      RuntimeGain(.removedChannels, runtime, .faster, source: "arXiv 1608.08710, section 1"),
    ]
  }

  private static let ortQuantization =
    "https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html"
  private static let openVINOWeights =
    "https://docs.openvino.ai/2024/openvino-workflow/model-optimization-guide/"
    + "weight-compression.html"
  private static let tensorRTTypes =
    "https://docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/"
    + "work-with-quantized-types.html"
  private static let coreMLNew =
    "https://apple.github.io/coremltools/docs-guides/source/opt-whats-new.html"
  private static let coreMLPalettes =
    "https://apple.github.io/coremltools/docs-guides/source/opt-palettization-perf.html"
  private static let xnnpackTypes =
    "https://docs.pytorch.org/executorch/stable/backends/xnnpack/xnnpack-quantization.html"
  private static let pyTorchTypes = "https://pytorch.org/docs/1.11/quantization.html"
  private static let torchAO = "https://docs.pytorch.org/ao/main/serving.html"

  /// Weights stored in fewer bits, activations in floats.
  private static let weights: [RuntimeGain] = [
    RuntimeGain(
      .weightsInt8, .onnxRuntimeCPU, .same, "activations stay floats", source: ortQuantization),
    RuntimeGain(
      .weightsInt8, .openVINO, .faster, "large matrices bound by memory", layers: .matrices,
      source: openVINOWeights),
    RuntimeGain(.weightsInt8, .openVINO, .same, "decompressed", source: openVINOWeights),
    RuntimeGain(.weightsInt8, .pyTorchCPU, .same, "dequantized", source: pyTorchTypes),
    RuntimeGain(
      .weightsInt8, .tensorRT, .same, "activations have to be int8 too", source: tensorRTTypes),
    RuntimeGain(.weightsInt8, .coreML, .faster, "when bound by memory", source: coreMLNew),
    RuntimeGain(.weightsInt8, .xnnpack, .same, "no weight-only kernels", source: xnnpackTypes),

    RuntimeGain(
      .weightsInt4, .onnxRuntimeCPU, .faster, "in groups, as MatMulNBits", layers: .matrices,
      source: "microsoft/onnxruntime#21054"),
    RuntimeGain(
      .weightsInt4, .onnxRuntimeCPU, .same, "activations stay floats", source: ortQuantization),
    RuntimeGain(
      .weightsInt4, .openVINO, .faster, "large matrices bound by memory", layers: .matrices,
      source: openVINOWeights),
    RuntimeGain(
      .weightsInt4, .openVINO, .same, "convolutions are stored in 8 bits", source: openVINOWeights),
    RuntimeGain(.weightsInt4, .pyTorchCPU, .same, "without torchao", source: torchAO),
    RuntimeGain(
      .weightsInt4, .tensorRT, .faster, "matrices in blocks", layers: .matrices,
      source: tensorRTTypes),
    RuntimeGain(.weightsInt4, .tensorRT, .same, "matrices only", source: tensorRTTypes),
    RuntimeGain(.weightsInt4, .coreML, .faster, "when bound by memory", source: coreMLNew),
    RuntimeGain(.weightsInt4, .xnnpack, .same, "no weight-only kernels", source: xnnpackTypes),

    RuntimeGain(.weightsFP8, .onnxRuntimeCPU, .same, "converted when loaded", source: ortFolding),
    RuntimeGain(.weightsFP8, .openVINO, .same, "decompressed", source: openVINOWeights),
    RuntimeGain(.weightsFP8, .pyTorchCPU, .same, "converted", source: torchAO),
    RuntimeGain(
      .weightsFP8, .tensorRT, .same, "activations have to be FP8 too", source: tensorRTTypes),
    RuntimeGain(.weightsFP8, .coreML, .same, "no FP8", source: coreMLNew),
    RuntimeGain(.weightsFP8, .xnnpack, .same, "no FP8", source: xnnpackTypes),

    RuntimeGain(.palette, .onnxRuntimeCPU, .same, "looked up", source: ortFolding),
    RuntimeGain(.palette, .openVINO, .same, "decompressed", source: openVINOWeights),
    RuntimeGain(.palette, .pyTorchCPU, .same, "no palettes", source: pyTorchTypes),
    RuntimeGain(.palette, .tensorRT, .same, "no palettes", source: tensorRTTypes),
    RuntimeGain(.palette, .coreML, .faster, "Neural Engine", source: coreMLPalettes),
    RuntimeGain(.palette, .xnnpack, .same, "no palettes", source: xnnpackTypes),
  ]

  private static let openVINOInt8 =
    "https://docs.openvino.ai/2024/openvino-workflow/model-optimization-guide/"
    + "quantizing-models-post-training.html"

  /// Weights and activations as 8-bit integers.
  private static let activations: [RuntimeGain] =
    [
      RuntimeGain(.staticInt8, .onnxRuntimeCPU, .faster, "VNNI", source: ortQuantization),
      RuntimeGain(.staticInt8, .openVINO, .faster, "VNNI or AMX", source: openVINOInt8),
      RuntimeGain(.staticInt8, .pyTorchCPU, .faster, "quantized modules", source: pyTorchTypes),
      RuntimeGain(.staticInt8, .tensorRT, .faster, "symmetric only", source: tensorRTTypes),
      RuntimeGain(.staticInt8, .coreML, .faster, "Neural Engine, A17 Pro, M4", source: coreMLNew),
      RuntimeGain(.staticInt8, .xnnpack, .faster, source: xnnpackTypes),

      RuntimeGain(
        .dynamicInt8, .onnxRuntimeCPU, .faster, "VNNI", layers: .matrices, source: ortQuantization),
      RuntimeGain(
        .dynamicInt8, .onnxRuntimeCPU, .same, "static is for convolutions", source: ortQuantization),
      RuntimeGain(
        .dynamicInt8, .openVINO, .same, "it finds its own for int8 matrices",
        source: openVINOWeights),
      RuntimeGain(
        .dynamicInt8, .pyTorchCPU, .faster, "Linear", layers: .matrices, source: pyTorchTypes),
      RuntimeGain(.dynamicInt8, .pyTorchCPU, .same, "Linear only", source: pyTorchTypes),
      RuntimeGain(.dynamicInt8, .tensorRT, .same, "needs static scales", source: tensorRTTypes),
      RuntimeGain(.dynamicInt8, .coreML, .same, "needs static scales", source: coreMLNew),
      RuntimeGain(
        .dynamicInt8, .xnnpack, .faster, "matrices", layers: .matrices, source: xnnpackTypes),
      RuntimeGain(.dynamicInt8, .xnnpack, .same, "matrices only", source: xnnpackTypes),
    ]

  private static let openVINOCPU =
    "https://docs.openvino.ai/2022.3/openvino_docs_OV_UG_supported_plugins_CPU.html"
  private static let ortFolding =
    "https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html"

  /// Weights as 16-bit floats.
  private static let halves: [RuntimeGain] = [
    RuntimeGain(
      .weights16, .onnxRuntimeCPU, .same, "converted when loaded", source: ortFolding),
    RuntimeGain(.weights16, .openVINO, .same, "float16 is converted", source: openVINOCPU),
    RuntimeGain(.weights16, .pyTorchCPU, .same, "float kernels", source: pyTorchTypes),
    RuntimeGain(.weights16, .tensorRT, .faster, "float16", source: tensorRTTypes),
    RuntimeGain(.weights16, .coreML, .same, "float16 is its own default", source: coreMLPruning),
    RuntimeGain(.weights16, .xnnpack, .same, "without float16 activations", source: xnnpackTypes),
  ]
}
