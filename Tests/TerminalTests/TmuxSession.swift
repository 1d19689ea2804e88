import Foundation
import TestSupport

/// The built program in a private tmux: keys go in, the screen comes out.
final class TmuxSession {
  private let socket = "weightbench-test-\(UUID().uuidString)"
  private var state: URL { FileManager.default.temporaryDirectory.appending(path: socket) }

  static var isAvailable: Bool {
    (try? Subprocess("tmux", ["-V"]).status) == 0 && Subprocess.weightbench != nil
  }

  /// Starts `command` in a shell of the given size; the shell stays when the program ends.
  init(_ command: String, columns: Int, rows: Int, environment: [String: String] = [:]) throws {
    // Sessions of its own: what another test left unsaved is not offered here.
    let own = ["XDG_STATE_HOME": state.path].merging(environment) { _, given in given }
    let variables = own.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    try tmux([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "env \(variables) PS1='ready$ ' sh",
    ])
    try waitFor { $0.contains("ready$") }
    try type("stty -a > /tmp/\(socket).before; \(command); echo status $?")
    try press("Enter")
  }

  deinit {
    try? close()
    try? FileManager.default.removeItem(at: state)
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    // The server outlives the call; were it to inherit the descriptor by which Foundation sees a
    // child's end, that end would never be seen.
    let script = """
      for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
      exec tmux "$@"
      """
    return try Subprocess("bash", ["-c", script, "tmux", "-L", socket] + arguments).output
  }

  /// Types text literally.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// Presses a key by tmux's name.
  func press(_ key: String) throws { try tmux(["send-keys", key]) }

  /// Changes the window's size.
  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The screen as text.
  func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

  /// Sends a signal to the program.
  func signalProgram(_ name: String) throws {
    _ = try Subprocess("pkill", ["-\(name)", "-P", try shell(), "weightbench"])
  }

  /// The program's process.
  func program() throws -> String {
    try Subprocess("pgrep", ["-P", try shell(), "weightbench"]).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The shell's process.
  private func shell() throws -> String {
    try tmux(["display-message", "-p", "#{pane_pid}"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Takes the terminal away, as a broken connection does.
  ///
  /// The server inherits the test runner's blocked signals and is deaf to `kill-server`.
  func close() throws {
    let server = try tmux(["display-message", "-p", "#{pid}"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if !server.isEmpty { _ = try Subprocess("kill", ["-KILL", server]) }
  }

  /// Polls the screen until `condition` holds; the last screen is in the error otherwise.
  @discardableResult
  func waitFor(
    seconds: Double = 30, _ condition: (String) -> Bool
  ) throws -> String {
    let deadline = Date(timeIntervalSinceNow: seconds)
    var last = ""
    while Date() < deadline {
      last = try screen()
      if condition(last) { return last }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw TimeOut(screen: last)
  }

  /// Whether the terminal's modes are what they were before the program started.
  func modesAreRestored() throws -> Bool {
    try type("stty -a | cmp - /tmp/\(socket).before && echo modes-same")
    try press("Enter")
    defer { try? FileManager.default.removeItem(atPath: "/tmp/\(socket).before") }
    return try waitFor { $0.contains("\nmodes-same") || $0.contains("differ:") }
      .contains("\nmodes-same")
  }

  /// A condition that did not come true in time.
  struct TimeOut: Error, CustomStringConvertible {
    let screen: String
    var description: String { "timed out; the screen was:\n\(screen)" }
  }
}
