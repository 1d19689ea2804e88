import OrderedCollections
import Tensors

/// A Python script that has OpenVINO's NNCF do to an ONNX model what the plan says.
///
/// NNCF has no configuration file for compression after training: `nncf.compress_weights` takes a mode,
/// a group size and an `IgnoredScope` of node names, `nncf.quantize` the ignored scope and calibration
/// data. One call is written for each way of storing weights, with every other node ignored. NNCF
/// stores 8-bit weights by channel only, and 4-bit ones in groups of the inputs (-1 for a channel).
public struct NNCFRecipe: RecipeTarget {
  /// Makes the target.
  public init() {}

  /// `nncf`.
  public var name: String { "nncf" }
  /// What the file is.
  public var summary: String { "Python script for OpenVINO's NNCF" }
  /// `py`.
  public var fileExtension: String { "py" }
  /// Names and bits are all it takes.
  public var needsCompressedWeights: Bool { false }

  /// How NNCF stores weights.
  private struct Mode: Hashable {
    var name: String
    var groupSize: Int?
  }

  /// The script.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var modes: OrderedDictionary<Mode, [RecipeLayer]> = [:]
    var quantized: [RecipeLayer] = []
    for layer in request.changed {
      if layer.form.prune != nil {
        notes.add(
          "nncf.prune takes PyTorch modules, not ONNX; pruning is left out", layer: layer.name)
      }
      notes.addOthers(of: layer, tool: "NNCF")
      if let activations = layer.form.activations {
        if activations.isDynamic {
          notes.add(
            "OpenVINO chooses dynamic activations itself when it runs; they are left out",
            layer: layer.name)
        } else {
          if let weights = layer.form.weights, weights.bits != 8 {
            notes.add(
              "nncf.quantize stores weights in 8 bits, not \(weights.words)", layer: layer.name)
          }
          quantized.append(layer)
          continue
        }
      }
      if let weights = layer.form.weights, let mode = Self.mode(weights, layer, &notes) {
        modes[mode, default: []].append(layer)
      }
    }
    guard !modes.isEmpty || !quantized.isEmpty else {
      throw EngineError.nothingToWrite(for: "nncf", notes.lines)
    }
    if modes.count > 1 {
      notes.add("NNCF is called once for each way of storing weights, with other nodes ignored")
    }
    return Recipe(text: Self.script(request, modes, quantized), notes: notes.lines)
  }

  private static func mode(
    _ weights: WeightForm, _ layer: RecipeLayer, _ notes: inout RecipeNotes
  ) -> Mode? {
    var suffix = "SYM"
    if weights.scheme == "asymmetric" { suffix = "ASYM" }
    switch (weights.scheme, weights.bits) {
    case ("symmetric", 8), ("asymmetric", 8):
      if weights.granularity != .channel {
        notes.add("NNCF stores 8-bit weights by channel", layer: layer.name)
      }
      note(weights, layer, &notes)
      return Mode(name: "INT8_\(suffix)", groupSize: nil)
    case ("symmetric", 4), ("asymmetric", 4):
      note(weights, layer, &notes)
      if layer.layer.op.hasPrefix("Conv") {
        notes.add("NNCF stores convolutions in 8 bits", layer: layer.name)
        return Mode(name: "INT8_\(suffix)", groupSize: nil)
      }
      if case .group(let size) = weights.granularity {
        return Mode(name: "INT4_\(suffix)", groupSize: size)
      }
      if weights.granularity == .tensor {
        notes.add("NNCF stores 4-bit weights by channel or group", layer: layer.name)
      }
      return Mode(name: "INT4_\(suffix)", groupSize: -1)
    default:
      notes.add("NNCF can't store \(weights.words); the weights are left out", layer: layer.name)
      return nil
    }
  }

  private static func note(_ weights: WeightForm, _ layer: RecipeLayer, _ notes: inout RecipeNotes)
  {
    if weights.method != "nearest" {
      notes.add(
        "rounding '\(weights.method)' is left out: nncf.compress_weights has gptq=True and "
          + "scale_estimation=True, which need data", layer: layer.name)
    }
    if weights.range != "minmax" {
      notes.add(
        "NNCF has no range '\(weights.range)'; it takes the least and the largest",
        layer: layer.name)
    }
  }

  private static func script(
    _ request: RecipeRequest, _ modes: OrderedDictionary<Mode, [RecipeLayer]>,
    _ quantized: [RecipeLayer]
  ) -> String {
    let every = request.layers.flatMap(\.nodes)
    var text = """
      # NNCF script of a weightbench plan for \(request.model)
      import sys

      import nncf
      import onnx


      def others(*names):
          kept = set(names)
          return nncf.IgnoredScope(names=[name for name in LAYERS if name not in kept])


      LAYERS = \(list(every, indent: ""))


      def compress(model, calibration=None):

      """
    for (mode, layers) in modes {
      let size = mode.groupSize.map { ", group_size=\($0), ratio=1.0, all_layers=True" } ?? ""
      text += """
            model = nncf.compress_weights(
                model,
                mode=nncf.CompressWeightsMode.\(mode.name)\(size),
                ignored_scope=others(*\(list(layers.flatMap(\.nodes), indent: "        "))),
            )

        """
    }
    if !quantized.isEmpty {
      text += """
            # calibration: an iterable of {input name: array}
            model = nncf.quantize(
                model,
                nncf.Dataset(calibration),
                ignored_scope=others(*\(list(quantized.flatMap(\.nodes), indent: "        "))),
            )

        """
    }
    text += """
          return model


      if __name__ == "__main__":
          onnx.save(compress(onnx.load(sys.argv[1])), sys.argv[2])

      """
    return text
  }

  /// A Python list of texts, one a line.
  private static func list(_ names: [String], indent: String) -> String {
    guard !names.isEmpty else { return "[]" }
    let lines = names.map { "\(indent)    \(PlanTree.text($0).json()),\n" }.joined()
    return "[\n\(lines)\(indent)]"
  }
}
