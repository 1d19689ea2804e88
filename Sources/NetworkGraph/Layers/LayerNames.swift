/// Makes readable, unique, dotted layer names out of what an exporter left: module paths, weight
/// names, or neither.
struct LayerNames {
  private var used: Set<String> = []
  private var counts: [String: Int] = [:]

  /// The name of the next layer.
  ///
  /// The weight's own name wins when it is dotted and ends in `.weight`; then the module path in the
  /// node's name; then any other readable weight name; then the operator with a counter.
  mutating func add(weight: String, node: String, op: String) -> String {
    let number = counts[op, default: 0]
    counts[op] = number + 1
    let base =
      Self.dottedWeight(weight) ?? Self.modulePath(node, op: op) ?? Self.readableWeight(weight)
      ?? "\(op)_\(number)"
    var name = base
    var suffix = 1
    while !used.insert(name).inserted {
      suffix += 1
      name = "\(base)_\(suffix)"
    }
    return name
  }

  /// `layer1.0.conv1` of `layer1.0.conv1.weight`; nil for other forms.
  ///
  /// `weight_T` is what exporters call a weight that they stored transposed.
  private static func dottedWeight(_ weight: String) -> String? {
    for suffix in [".weight", ".weight_T", ".weight.T"] where weight.hasSuffix(suffix) {
      let stem = String(weight.dropLast(suffix.count))
      guard !stem.hasPrefix("onnx::") else { return nil }
      return cleaned(stem.split(separator: "/").joined(separator: "."))
    }
    return nil
  }

  /// `s2.1.a.0` of `/s2/s2.1/a/a.0/Conv`: the modules around the node, the operator dropped.
  ///
  /// PyTorch repeats the name of a container in front of its numbered children.
  static func modulePath(_ node: String, op: String) -> String? {
    guard node.contains("/") else { return nil }
    var modules: [Substring] = []
    for part in node.split(separator: "/").dropLast() {
      if let last = modules.last, part.hasPrefix("\(last).") || part == last {
        modules[modules.count - 1] = part
      } else {
        modules.append(part)
      }
    }
    return modules.isEmpty ? nil : cleaned(modules.joined(separator: "."))
  }

  /// The stem of any weight name that a person chose; nil for numbers and generated names.
  private static func readableWeight(_ weight: String) -> String? {
    guard !weight.hasPrefix("onnx::"), !weight.hasPrefix("/"),
      weight.unicodeScalars.first.map({ $0.properties.isAlphabetic || $0 == "_" }) == true,
      !weight.contains("_output_")
    else { return nil }
    var stem = weight
    for suffix in ["_weights", ".weights", "_weight", ".w_0", "/kernel", ".kernel", "_kernel"]
    where stem.hasSuffix(suffix) && stem.count > suffix.count {
      stem = String(stem.dropLast(suffix.count))
      break
    }
    return cleaned(stem.split(separator: "/").joined(separator: "."))
  }

  /// The name without characters that can't be shown or would be read as a plan's rule prefix.
  private static func cleaned(_ name: String) -> String? {
    var result = ""
    for scalar in name.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    result = String(result.drop { $0 == " " })
    for prefix in ["re:", "type:"] where result.hasPrefix(prefix) {
      result = prefix.dropLast() + "_" + result.dropFirst(prefix.count)
    }
    return result.isEmpty ? nil : result
  }
}
