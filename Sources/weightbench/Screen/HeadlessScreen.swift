import Foundation
import Synchronization
import TerminalCells
import WorkbenchCore

/// The workbench without a terminal: keys go in, the screen comes out as text.
///
/// Tests, bug reports and
/// the pictures in the documentation are made this way.
@MainActor
final class HeadlessScreen {
  private let session: WorkbenchSession
  private let inbox: Inbox

  /// Messages from background work, in the order they were posted.
  private final class Inbox: Sendable {
    private let messages = Mutex<[Message]>([])

    func post(_ message: Message) { messages.withLock { $0.append(message) } }

    func takeAll() -> [Message] {
      messages.withLock { messages in
        defer { messages = [] }
        return messages
      }
    }
  }

  /// A screen of the given size.
  init(configuration: WorkbenchConfiguration, columns: Int, rows: Int, glyphs: Glyphs) {
    let inbox = Inbox()
    self.inbox = inbox
    session = WorkbenchSession(
      configuration: configuration, columns: columns, rows: rows, glyphs: glyphs,
      post: { inbox.post($0) })
  }

  /// Types the keys and returns the screen once all work is done.
  ///
  /// - Parameters:
  ///   - keys: What to type.
  ///   - waits: Whether running work is waited for between keys.
  ///   - depth: The colour depth to draw for.
  func run(keys: [KeyPress], waits: Bool, depth: ColorDepth) async -> CellBuffer {
    await settle()
    for key in keys {
      session.receive(.key(key))
      deliver()
      if session.state.isQuitting { break }
      if waits { await settle() }
    }
    await settle()
    return session.render(depth: depth)
  }

  private func deliver() {
    for message in inbox.takeAll() { session.receive(message) }
    _ = session.takeTerminalEffects()
  }

  /// Delivers messages until nothing runs any more.
  private func settle() async {
    while true {
      // Asked before delivering: whatever an idle runner had to say is in the inbox by now.
      let wasIdle = session.isIdle
      deliver()
      if wasIdle && session.isIdle { return }
      try? await Task.sleep(for: .milliseconds(1))
    }
  }
}
