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
  private let times: FrameTimes?
  private var depth = ColorDepth.mono

  /// Messages from background work, in the order they were posted.
  private final class Inbox: Sendable {
    /// Has an element whenever messages wait.
    let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let messages = Mutex<[Message]>([])

    init() {
      (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func post(_ message: Message) {
      messages.withLock { $0.append(message) }
      arrived.yield()
    }

    func takeAll() -> [Message] {
      messages.withLock { messages in
        defer { messages = [] }
        return messages
      }
    }
  }

  /// A screen of the given size.
  ///
  /// - Parameter times: Where the times of keys and frames are noted; nil draws the last frame only.
  init(
    configuration: WorkbenchConfiguration, columns: Int, rows: Int, glyphs: Glyphs,
    times: FrameTimes?
  ) {
    self.times = times
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
    self.depth = depth
    drawIfTimed()
    session.open()
    await settle()
    for key in keys {
      session.receive(key: key, times: times)
      drawIfTimed()
      deliver()
      if session.state.isQuitting { break }
      if waits { await settle() }
    }
    await settle()
    session.close()
    return session.render(depth: depth)
  }

  private func deliver() {
    let messages = inbox.takeAll()
    if !messages.isEmpty { times?.changed() }
    for message in messages { session.receive(message) }
    _ = session.takeTerminalEffects()
    if !messages.isEmpty { drawIfTimed() }
  }

  /// Draws a frame when its time is to be noted; nobody sees it otherwise.
  private func drawIfTimed() {
    guard let times else { return }
    let start = FrameTimes.now()
    _ = session.render(depth: depth)
    times.framePresented(start: start, notBefore: start, state: session.state)
  }

  /// Delivers messages until nothing runs any more.
  private func settle() async {
    var arrivals = inbox.arrivals.makeAsyncIterator()
    while true {
      // Asked before delivering: whatever an idle runner had to say is in the inbox by now.
      let wasIdle = session.isIdle
      deliver()
      if wasIdle && session.isIdle { return }
      // A job that ends says so with a message, after it counts as ended.
      await arrivals.next()
    }
  }
}
