import Tensors

extension NetworkGraph {
  /// The same network in the words of a newer version of ONNX's operator set, subgraphs included.
  ///
  /// Operators whose attributes became inputs, whose defaults changed or that were replaced are
  /// rewritten to what they meant before; all others mean the same in the new version. Names of
  /// weights and values stay. A graph that already has this version or a newer one is returned as it
  /// is.
  ///
  /// - Parameter toOpset: 8...21.
  /// - Throws: ``EngineError`` with code `unsupported` naming the node that can't be expressed in
  ///   the new version, or the graph's version when it is below 7.
  public func upgraded(toOpset: Int) throws(EngineError) -> NetworkGraph {
    let old = opset
    guard old < toOpset else { return self }
    guard old >= 7 else {
      throw EngineError(
        .unsupported, subject: "operator set \(old)",
        problem: "can't be upgraded: 7 is the oldest that can",
        remedy: "Export the model again with opset 13 or newer")
    }
    guard toOpset <= 21 else {
      throw EngineError(
        .invalidArgument, subject: "operator set \(toOpset)",
        problem: "is newer than what graphs can be upgraded to", remedy: "Choose 21 or lower")
    }
    var upgrade = OpsetUpgrade(from: old, to: toOpset, names: UniqueNames(self))
    var result = try upgrade.upgraded(self, outer: [:])
    result.opsets[""] = toOpset
    result.irVersion = max(irVersion, Self.irVersion(ofOpset: toOpset))
    return result
  }

  /// The file-format version that a version of the operator set came with.
  static func irVersion(ofOpset opset: Int) -> Int {
    switch opset {
    case ...8: 3
    case 9: 4
    case 10: 5
    case 11: 6
    case 12...14: 7
    case 15...18: 8
    case 19...20: 9
    default: 10
    }
  }
}
