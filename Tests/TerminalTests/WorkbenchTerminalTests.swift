import Foundation
import TestSupport
import Testing

/// The built program in a real terminal.
@Suite(
  .enabled(if: TmuxSession.isAvailable, "tmux or the built program is missing"), .serialized)
struct WorkbenchTerminalTests {
  private var program: String { Subprocess.weightbench ?? "" }

  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func opensTheSampleAndQuits(columns: Int, rows: Int) throws {
    let session = try TmuxSession(program, columns: columns, rows: rows)
    let screen = try session.waitFor { $0.contains("Layers") && $0.contains("top-1") }
    #expect(screen.contains("Preview"))
    try session.press("q")
    try session.waitFor { $0.contains("status 0") }
    #expect(try session.modesAreRestored())
  }

  @Test func survivesResizingToTheSmallest() throws {
    let session = try TmuxSession(program, columns: 120, rows: 40)
    try session.waitFor { $0.contains("top-1") }
    try session.resize(columns: 30, rows: 8)
    try session.waitFor { $0.contains("needs 40x10") }
    try session.resize(columns: 100, rows: 30)
    try session.waitFor { $0.contains("Layers") && $0.contains("Preview") }
    try session.press("q")
    try session.waitFor { $0.contains("status 0") }
  }

  @Test(arguments: ["TERM", "HUP", "INT"])
  func restoresTheTerminalOnSignals(name: String) throws {
    let session = try TmuxSession(program, columns: 80, rows: 24)
    try session.waitFor { $0.contains("top-1") }
    try session.signalProgram(name)
    try session.waitFor { $0.contains("status ") }
    #expect(try session.modesAreRestored())
  }

  /// With the hang-up ignored, as under `nohup`, only the end of the input tells.
  @Test(arguments: ["", "trap '' HUP;"])
  func endsWithItsTerminal(trap: String) throws {
    let session = try TmuxSession("\(trap) \(program)", columns: 80, rows: 24)
    try session.waitFor { $0.contains("top-1") }
    let process = try session.program()
    #expect(!process.isEmpty)
    try session.close()
    let deadline = Date(timeIntervalSinceNow: 30)
    while FileManager.default.fileExists(atPath: "/proc/\(process)"), Date() < deadline {
      Thread.sleep(forTimeInterval: 0.05)
    }
    #expect(!FileManager.default.fileExists(atPath: "/proc/\(process)"))
  }

  @Test(arguments: [
    ["TERM": "screen"], ["TERM": "vt100"], ["LC_ALL": "C"], ["NO_COLOR": "1"],
    ["TERM": "xterm-256color"],
  ])
  func drawsInEveryTerminal(environment: [String: String]) throws {
    let session = try TmuxSession(program, columns: 80, rows: 24, environment: environment)
    try session.waitFor { $0.contains("Layers") && $0.contains("top-1") }
    try session.press("l")
    try session.press("?")
    try session.waitFor { $0.contains("Help") }
    // Escape and a key in one read would be that key with Alt.
    try session.press("Escape")
    try session.waitFor { !$0.contains("Help") }
    try session.press("q")
    try session.waitFor { $0.contains("unsaved") }
    try session.press("q")
    try session.waitFor { $0.contains("status 0") }
    #expect(try session.modesAreRestored())
  }

  @Test func suspendsAndReturns() throws {
    let session = try TmuxSession(program, columns: 80, rows: 24)
    try session.waitFor { $0.contains("top-1") }
    try session.press("C-z")
    // The shell's earlier prompt shows before the program has stopped, and what is typed then is lost.
    try session.waitFor { $0.contains("Stopped") }
    try session.type("fg")
    try session.press("Enter")
    try session.waitFor { $0.contains("Layers") && $0.contains("Preview") }
    try session.press("q")
    try session.waitFor { $0.contains("status") }
  }
}
