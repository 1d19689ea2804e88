import CNcurses
import TerminalCells

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal the program runs in, drawn and read through ncurses.
///
/// There is one, and all of it belongs to the main actor: ncurses is not safe to use from two
/// threads. It is given back by ``restore()``, at exit, and after a crash.
@MainActor
public final class NcursesTerminal {
  /// How many colours are drawn: what was asked for, or what the terminal has if that is less.
  public let colorDepth: ColorDepth
  /// The characters drawn with: what was asked for, or what locale and terminal allow.
  public let glyphs: Glyphs
  /// The terminal's number of colours and of pairs, for `doctor`-like reports.
  public let capabilities: Capabilities

  private var shown: CellBuffer?
  private var quantized: [Style: Style] = [:]

  /// Takes the terminal over.
  ///
  /// - Parameters:
  ///   - requestedDepth: A depth set by option or configuration; `nil` takes what terminfo tells.
  ///   - requestedGlyphs: A set asked for likewise; `nil` takes blocks where the locale is UTF-8.
  ///   - environment: Where `NO_COLOR` and `TERM` are looked up.
  public init(
    colorDepth requestedDepth: ColorDepth? = nil, glyphs requestedGlyphs: Glyphs? = nil,
    environment: [String: String]
  ) throws(TerminalError) {
    switch cnc_start() {
    case Int32(CNC_STARTED.rawValue): break
    case Int32(CNC_NOT_A_TERMINAL.rawValue): throw .notATerminal
    case Int32(CNC_UNKNOWN_TERMINAL.rawValue): throw .unknownTerminal(environment["TERM"])
    default: throw .noPipe
    }
    let capabilities = Capabilities()
    self.capabilities = capabilities
    colorDepth = TerminalChoice.depth(
      requested: requestedDepth, capabilities: capabilities, environment: environment)
    glyphs = TerminalChoice.glyphs(
      requested: requestedGlyphs, capabilities: capabilities, environment: environment)
    if colorDepth == .mono { cnc_disable_colors() }
  }

  /// The size in cells.
  public var size: (width: Int, height: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    cnc_get_size(&columns, &rows)
    return (Int(columns), Int(rows))
  }

  /// Where events can be waited for; read them when one becomes readable.
  public var descriptors: (input: Int32, signals: Int32) {
    (STDIN_FILENO, cnc_signal_descriptor())
  }

  /// Shows a buffer: sends the cells that changed since the last one, in one update.
  ///
  /// - Parameters:
  ///   - buffer: What to show; cut at the edge of the screen.
  ///   - cursor: Where the cursor shows; `nil` hides it.
  public func present(_ buffer: CellBuffer, cursor: (x: Int, y: Int)? = nil) {
    let size = size
    for run in buffer.diff(from: shown) where run.y < size.height {
      var x = run.x
      for cell in run.cells {
        defer { x += 1 }
        guard !cell.isContinuation, x + cell.width <= size.width else { continue }
        put(cell, x: x, y: run.y)
      }
    }
    shown = buffer
    cnc_set_cursor(Int32(clamping: cursor?.x ?? -1), Int32(clamping: cursor?.y ?? -1))
    cnc_flush()
  }

  /// Draws everything anew at the next ``present(_:cursor:)``, whatever the terminal shows.
  public func redraw() {
    shown = nil
    cnc_redraw()
  }

  /// The next key press; `nil` where none waits.
  ///
  /// Other input is passed over.
  public func readKey() -> KeyPress? {
    while let input = readInput() {
      switch input {
      case .key(let key): return key
      case .mouse: continue
      case .closed: return nil
      }
    }
    return nil
  }

  /// The next input; `nil` where none waits.
  public func readInput() -> TerminalInput? {
    var event = cnc_event()
    while true {
      cnc_read(&event)
      if event.kind == Int32(CNC_NONE.rawValue) { return nil }
      if let input = TerminalInput(event) { return input }
    }
  }

  /// The next signal; `nil` where none waits.
  ///
  /// Several changes of size at once are one. The size is taken over here.
  public func readSignal() -> TerminalSignal? {
    let number = cnc_next_signal()
    switch number {
    case 0: return nil
    case cnc_signal_resize():
      cnc_resize()
      redraw()
      return .resize
    case cnc_signal_continue():
      redraw()
      return .goneOn
    case cnc_signal_stop(): return .stop
    default: return .end
    }
  }

  /// Gives the terminal back and stops the program, as `C-z` does; returns when it goes on.
  public func suspend() {
    cnc_suspend()
    redraw()
  }

  /// Gives the terminal back for a while, as for an editor.
  public func leave() { cnc_leave() }

  /// Takes the terminal again.
  public func enter() {
    cnc_enter()
    redraw()
  }

  /// Gives the terminal back; does nothing the second time.
  public func restore() { cnc_stop() }

  /// Turns mouse reports on or off.
  public func setMouse(_ isOn: Bool) { cnc_set_mouse(isOn) }

  /// Rings the bell.
  public func bell() { cnc_bell() }

  private func put(_ cell: Cell, x: Int, y: Int) {
    let style = quantize(cell.style)
    var attributes: UInt32 = 0
    if style.bold { attributes |= UInt32(CNC_BOLD.rawValue) }
    if style.dim { attributes |= UInt32(CNC_DIM.rawValue) }
    if style.underline { attributes |= UInt32(CNC_UNDERLINE.rawValue) }
    if style.reverse { attributes |= UInt32(CNC_REVERSE.rawValue) }
    cnc_put(
      Int32(x), Int32(y), String(cell.character), Int32(cell.width), attributes,
      style.foreground.number, style.background.number)
  }

  private func quantize(_ style: Style) -> Style {
    if let known = quantized[style] { return known }
    let result = style.quantized(to: colorDepth)
    quantized[style] = result
    return result
  }
}

extension Color {
  /// The colour as the shim takes it.
  fileprivate var number: Int32 {
    switch self {
    case .terminal: CNC_COLOR_DEFAULT
    case .ansi(let index), .indexed(let index): Int32(index)
    case .rgb(let red, let green, let blue):
      // Numbers below 8 are the named colours in direct mode too.
      CNC_COLOR_RGB + max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
    }
  }
}
