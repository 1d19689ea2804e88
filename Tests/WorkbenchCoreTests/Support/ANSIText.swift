import Foundation
import TerminalCells

/// Screens as text with colour sequences, to be looked at.
enum ANSIText {
  /// Writes a screen into the folder that `SCREENS_FOLDER` names; nothing without it.
  static func write(_ buffer: CellBuffer, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["SCREENS_FOLDER"] else { return }
    let file = URL(filePath: folder).appending(path: "\(name).ansi")
    try text(buffer).write(to: file, atomically: true, encoding: .utf8)
  }

  static func text(_ buffer: CellBuffer) -> String {
    (0..<buffer.height).map { y in
      var line = ""
      var style: Style?
      for x in 0..<buffer.width {
        let cell = buffer[x, y]
        if cell.isContinuation { continue }
        if cell.style != style {
          line += "\u{1B}[0\(codes(cell.style))m"
          style = cell.style
        }
        line.append(cell.character)
      }
      return line + "\u{1B}[0m"
    }.joined(separator: "\n") + "\n"
  }

  private static func codes(_ style: Style) -> String {
    var codes = ""
    if style.bold { codes += ";1" }
    if style.dim { codes += ";2" }
    if style.underline { codes += ";4" }
    if style.reverse { codes += ";7" }
    return codes + color(style.foreground, 38) + color(style.background, 48)
  }

  private static func color(_ color: Color, _ base: Int) -> String {
    switch color {
    case .terminal: ""
    case .ansi(let index), .indexed(let index): ";\(base);5;\(index)"
    case .rgb(let red, let green, let blue): ";\(base);2;\(red);\(green);\(blue)"
    }
  }
}
