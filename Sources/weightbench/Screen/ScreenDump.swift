import Foundation
import ModelFormats
import Tensors
import TerminalCells

/// Writes a screen to a file: as text, or as an SVG picture in its colours.
enum ScreenDump {
  /// Writes `buffer` to `path`; `-` is standard output.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`.
  static func write(_ buffer: CellBuffer, to path: String, depth: ColorDepth) throws(EngineError) {
    if path == "-" {
      print(buffer.text)
    } else {
      let content = path.hasSuffix(".svg") ? svg(buffer) : buffer.text + "\n"
      try AtomicFile.write(to: path) { file throws(EngineError) in
        try file.append(Array(content.utf8))
      }
    }
  }

  /// The screen as a self-contained SVG in its colours, on a dark ground.
  static func svg(_ buffer: CellBuffer) -> String {
    let (cellWidth, cellHeight) = (8.4, 17.0)
    let width = Double(buffer.width) * cellWidth
    let height = Double(buffer.height) * cellHeight
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" \
      font-size="14" xml:space="preserve">
      <rect width="100%" height="100%" fill="#18181c"/>
      """
    ]
    for y in 0..<buffer.height {
      var x = 0
      while x < buffer.width {
        let style = buffer[x, y].style
        var text = ""
        let start = x
        while x < buffer.width, buffer[x, y].style == style {
          if !buffer[x, y].isContinuation { text.append(buffer[x, y].character) }
          x += 1
        }
        let left = Double(start) * cellWidth
        let run = Double(x - start) * cellWidth
        var foreground = hex(style.foreground) ?? "#dcdcdc"
        var background = hex(style.background)
        if style.reverse { (foreground, background) = (background ?? "#18181c", foreground) }
        if let background {
          parts.append(
            "<rect x=\"\(left)\" y=\"\(Double(y) * cellHeight)\" width=\"\(run)\" "
              + "height=\"\(cellHeight)\" fill=\"\(background)\"/>")
        }
        guard !text.allSatisfy({ $0 == " " }) else { continue }
        let weight = style.bold ? " font-weight=\"bold\"" : ""
        let dim = style.dim ? " opacity=\"0.6\"" : ""
        parts.append(
          "<text x=\"\(left)\" y=\"\(Double(y) * cellHeight + 13)\" fill=\"\(foreground)\""
            + "\(weight)\(dim) textLength=\"\(run)\" lengthAdjust=\"spacingAndGlyphs\">"
            + escaped(text) + "</text>")
      }
    }
    return (parts + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func hex(_ color: Color) -> String? {
    let levels = [0, 95, 135, 175, 215, 255]
    let named = [
      "#1c1c1c", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
      "#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
    ]
    switch color {
    case .terminal: return nil
    case .ansi(let index): return named[Int(index) % 16]
    case .rgb(let red, let green, let blue):
      return String(format: "#%02x%02x%02x", red, green, blue)
    case .indexed(let index):
      let value = Int(index)
      if value < 16 { return named[value] }
      if value >= 232 {
        let grey = 8 + 10 * (value - 232)
        return String(format: "#%02x%02x%02x", grey, grey, grey)
      }
      let cube = value - 16
      return String(
        format: "#%02x%02x%02x", levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    }
  }
}
