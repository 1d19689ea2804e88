import ArgumentParser
import Evaluation
import Foundation
import ModelFormats
import Tensors
import TerminalCells

/// Opens the workbench: the default command.
struct WorkbenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workbench", abstract: "Open a model in the workbench (the default command).")

  @Argument(
    help: "An .onnx model, or a .safetensors or .pth file (default: the bundled sample).",
    completion: .file())
  var model: String?
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @Option(help: "The plan to start from.", completion: .file()) var plan: String?
  @Flag(
    name: .customLong("keep-batchnorm"), help: "Do not fold batch normalization.")
  var keepBatchNorm = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var memory: MemoryOptions
  @Flag(
    name: .customLong("no-speculation"),
    help: "Do not measure neighbours of the selected layer's setting ahead when idle.")
  var noSpeculation = false
  @OptionGroup var screen: ScreenOptions

  func run() async throws {
    let opened = try BundledFiles.source(model: model, data: data.data)
    let configuration = WorkbenchConfiguration(
      model: opened.model, data: opened.data, plan: plan, limit: data.limit, seed: data.seed,
      threads: threads.count, precision: precision.precision ?? .auto,
      memoryBudget: memory.memory?.bytes, calibration: calibration.calibration,
      worksAhead: !noSpeculation && screen.dumpScreen == nil, keepBatchNorm: keepBatchNorm,
      theme: try screen.chosenTheme(), folder: FileManager.default.currentDirectoryPath,
      // Scripts start from what they name, whatever was left by someone at the keyboard.
      keepsSession: screen.keys == nil && screen.dumpScreen == nil)
    let keys = try screen.keyPresses()
    var times: FrameTimes?
    if let path = screen.frameTimes { times = await FrameTimes(path: path) }
    if let size = try screen.parsedSize(), let path = screen.dumpScreen {
      let depth = screen.color.depth ?? .indexed256
      let buffer = await HeadlessScreen(
        configuration: configuration, columns: size.columns, rows: size.rows,
        glyphs: screen.glyphs ?? .blocks, times: times
      ).run(keys: keys, waits: !screen.noWait, depth: depth)
      try await times?.write()
      try ScreenDump.write(buffer, to: path, depth: depth)
      return
    }
    let loop = try await TerminalLoop(
      configuration: configuration, depth: screen.color.depth, glyphs: screen.glyphs, times: times)
    try await loop.run(keys: keys, waits: !screen.noWait, dumpPath: screen.dumpScreen)
  }
}
