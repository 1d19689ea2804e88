import Yams

/// Reads base16 and base24 scheme files, the older form too, with this program's optional block.
///
/// The format is that of the tinted-theming builder 0.11: `system`, `name`, `slug`, `author`,
/// `description`, `variant` and `palette`. Older files have `scheme` for `name` and their colours
/// at top level.
struct ThemeReader {
  let path: String?
  private(set) var warnings: [String] = []

  /// The published stand-ins for base10...base17 in palettes of sixteen.
  private static let base24Fallback = [0x00, 0x00, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E]

  init(path: String?) { self.path = path }

  mutating func read(_ yaml: String) throws(ThemeError) -> Theme {
    let root = try compose(yaml)
    guard let mapping = root.mapping else {
      throw error(
        at: root, "this is no list of named values",
        remedy: "A theme file is a base16 or base24 scheme with name and palette")
    }
    let own = mapping["weightbench"]
    let palette = try palette(of: mapping, root: root, isOptional: own != nil)
    let name = text("name", in: mapping) ?? text("scheme", in: mapping) ?? fileName ?? "Unnamed"
    var theme = Theme(
      name: name, slug: text("slug", in: mapping) ?? Slug.make(from: name),
      author: text("author", in: mapping) ?? "", summary: text("description", in: mapping) ?? "",
      palette: palette)
    theme.variant = try variant(of: mapping, palette: palette)
    if let own { try readOwnBlock(own, into: &theme) }
    theme.warnings = warnings + ContrastCheck.warnings(for: theme)
    return theme
  }

  private func compose(_ yaml: String) throws(ThemeError) -> Node {
    do {
      if let node = try Yams.compose(yaml: yaml) { return node }
    } catch let failure as YamlError {
      throw ThemeError(failure, path: path)
    } catch {
      throw ThemeError(path: path, problem: "\(error)")
    }
    throw ThemeError(
      path: path, line: 1, column: 1, problem: "the file is empty",
      remedy: "A theme file is a base16 or base24 scheme with name and palette")
  }

  private func palette(
    of mapping: Node.Mapping, root: Node, isOptional: Bool
  ) throws(ThemeError) -> [RGBColor]? {
    let node = mapping["palette"]
    if let node, node.mapping == nil {
      throw error(
        at: node, "'palette' is no list of named colours",
        remedy: "Write one line like base00: \"1d2021\" for each colour")
    }
    let source = node?.mapping ?? mapping
    var colors: [Int: RGBColor] = [:]
    for (key, value) in source {
      guard let index = key.string.flatMap({ Self.baseIndex($0) }) else { continue }
      guard let text = value.scalar?.string, let color = RGBColor(hex: text) else {
        throw error(
          at: value, "'\(key.string ?? "")' is '\(value.scalar?.string ?? "a list")' and no colour",
          remedy: "Write six hex digits in quotes, such as \"1d2021\"")
      }
      colors[index] = color
    }
    if colors.isEmpty && isOptional && node == nil { return nil }
    let missing = (0..<16).filter { colors[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.map { Self.baseName($0) }.joined(separator: ", ")
      throw error(
        at: node ?? root, "the palette lacks \(names)",
        remedy: "A base16 scheme has base00 to base0F")
    }
    for (offset, stand) in Self.base24Fallback.enumerated() where colors[16 + offset] == nil {
      colors[16 + offset] = colors[stand]
    }
    return (0..<24).compactMap { colors[$0] }
  }

  private func variant(
    of mapping: Node.Mapping, palette: [RGBColor]?
  ) throws(ThemeError) -> ThemeVariant? {
    if let node = mapping["variant"], let word = node.scalar?.string, !word.isEmpty {
      guard let variant = ThemeVariant(rawValue: word.lowercased()) else {
        throw error(
          at: node, "'variant' is '\(word)'", remedy: "Write dark or light, or leave the line out")
      }
      return variant
    }
    return palette.map { $0[0].luminance > $0[5].luminance ? .light : .dark }
  }

  private mutating func readOwnBlock(_ node: Node, into theme: inout Theme) throws(ThemeError) {
    guard let mapping = node.mapping else {
      throw error(at: node, "'weightbench' is no block", remedy: "Write heatmap and slots below it")
    }
    for (key, value) in mapping {
      switch key.string {
      case "heatmap": theme.heatmap = try ramp(value)
      case "slots": theme.slots = try slots(value, hasPalette: theme.palette != nil)
      default:
        warn(at: key, "'\(key.string ?? "?")' is not known here; heatmap and slots are")
      }
    }
  }

  private func ramp(_ node: Node) throws(ThemeError) -> Ramp {
    if let list = node.sequence {
      var colors: [RGBColor] = []
      for item in list {
        guard let text = item.scalar?.string, let color = RGBColor(hex: text) else {
          throw error(
            at: item, "'\(item.scalar?.string ?? "a list")' is no colour",
            remedy: "Write six hex digits in quotes")
        }
        colors.append(color)
      }
      if let ramp = Ramp(colors: colors) { return ramp }
      throw error(at: node, "a heatmap needs at least 3 colours and has \(colors.count)")
    }
    guard let name = node.scalar?.string, let ramp = Ramp(named: name) else {
      throw error(
        at: node, "'\(node.scalar?.string ?? "a block")' is no heatmap",
        remedy: "Write viridis, cividis, grey, none, or a list of colours")
    }
    return ramp
  }

  private mutating func slots(
    _ node: Node, hasPalette: Bool
  ) throws(ThemeError) -> [String: ThemeStyle] {
    guard let mapping = node.mapping else {
      throw error(
        at: node, "'slots' is no list of named styles",
        remedy: "Write lines like border.focused: \"base0D bold\"")
    }
    var result: [String: ThemeStyle] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard ThemeSlot.isKnown(name) else {
        warn(at: key, "there is no slot '\(name)'; the line is left out")
        continue
      }
      guard let text = value.scalar?.string, let style = ThemeStyle(parsing: text) else {
        throw error(
          at: value, "slot '\(name)' is '\(value.scalar?.string ?? "a list")' and no style",
          remedy: "Write colours and attributes, such as \"base06 on base02 bold\"")
      }
      if !hasPalette, style.usesPalette {
        throw error(
          at: value, "slot '\(name)' names a colour of a palette, and there is none",
          remedy: "Use terminal, ansi0 to ansi15 or hex digits, or add a palette")
      }
      result[name] = style
    }
    return result
  }

  private var fileName: String? {
    guard let last = path?.split(separator: "/").last else { return nil }
    return last.split(separator: ".").first.map(String.init)
  }

  private func text(_ key: String, in mapping: Node.Mapping) -> String? {
    guard let text = mapping[Node(key)]?.scalar?.string, !text.isEmpty else { return nil }
    return text
  }

  private mutating func warn(at node: Node, _ problem: String) {
    warnings.append(error(at: node, problem).description)
  }

  private func error(at node: Node, _ problem: String, remedy: String? = nil) -> ThemeError {
    ThemeError(
      path: path, line: node.mark?.line, column: node.mark?.column, problem: problem,
      remedy: remedy)
  }

  private static func baseIndex(_ name: String) -> Int? {
    guard case .base(let index)? = ThemeColor(parsing: name) else { return nil }
    return index
  }

  private static func baseName(_ index: Int) -> String {
    let digits = String(index, radix: 16, uppercase: true)
    return "base" + (digits.count < 2 ? "0" : "") + digits
  }
}

extension ThemeSlot {
  /// Whether a name is a slot or the group before the dot of one.
  fileprivate static func isKnown(_ name: String) -> Bool {
    allCases.contains { $0.rawValue == name || $0.rawValue.hasPrefix(name + ".") }
  }
}

extension ThemeStyle {
  fileprivate var usesPalette: Bool {
    for case .base? in [foreground, background] { return true }
    return false
  }
}
