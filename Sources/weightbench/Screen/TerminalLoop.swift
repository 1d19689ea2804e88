import Dispatch
import Foundation
import NcursesTerminal
import Tensors
import TerminalCells
import WorkbenchCore

/// The run loop: keys, signals and results in, pictures out, all on the main thread, which never waits
/// for anything else.
///
/// What answers the user (a key's change, the exact size, the picture of the selected layer) is drawn at
/// once, the rest at most every 16 ms. Without events nothing runs.
@MainActor
final class TerminalLoop {
  /// Seconds between frames that show how work goes on.
  private static let frame = 0.016
  /// Seconds between frames that answer the user: a burst of keys is drawn together.
  private static let answerFrame = 0.004

  private let terminal: NcursesTerminal
  private let session: WorkbenchSession
  private let mailbox: Mailbox
  private let times: FrameTimes?
  private var sources: [any DispatchSourceProtocol] = []
  private var lastDraw = -Double.infinity
  /// When a drawing is scheduled; nil when the screen shows everything.
  private var scheduledDraw: Double?
  private var tick: (any DispatchSourceTimer)?
  private var finished: CheckedContinuation<Void, Never>?
  private var farewell: String?
  private var pendingKeys: [KeyPress] = []
  private var waitsBetweenKeys = true
  private var dumpPath: String?

  /// Hands messages from other threads to the loop.
  private final class Mailbox: @unchecked Sendable {
    // @unchecked: `loop` is written once on the main thread before any work starts, and read there.
    weak var loop: TerminalLoop?

    func post(_ message: Message) {
      let posted = FrameTimes.now()
      DispatchQueue.main.async {
        MainActor.assumeIsolated { self.loop?.receive(message, posted: posted) }
      }
    }
  }

  /// Takes the terminal over and starts opening files.
  ///
  /// - Throws: ``EngineError`` when there is no terminal.
  init(
    configuration: WorkbenchConfiguration, depth: ColorDepth?, glyphs: Glyphs?, times: FrameTimes?
  ) async throws {
    self.times = times
    do throws(TerminalError) {
      terminal = try NcursesTerminal(
        colorDepth: depth, glyphs: glyphs, environment: ProcessInfo.processInfo.environment)
    } catch {
      throw EngineError(
        EngineError.Code(rawValue: "noTerminal"), problem: error.problem,
        remedy: error.remedy)
    }
    let mailbox = Mailbox()
    self.mailbox = mailbox
    let size = terminal.size
    session = WorkbenchSession(
      configuration: configuration, columns: size.width, rows: size.height,
      glyphs: terminal.glyphs, post: { mailbox.post($0) })
    mailbox.loop = self
  }

  /// Runs until the user quits or a signal ends the program; the terminal is given back then.
  ///
  /// - Parameters:
  ///   - keys: Typed on start.
  ///   - waits: Whether running work is waited for between those keys.
  ///   - dumpPath: Where the screen is written after them, which ends the program.
  func run(keys: [KeyPress], waits: Bool, dumpPath: String?) async throws {
    pendingKeys = keys
    waitsBetweenKeys = waits
    self.dumpPath = dumpPath
    draw()
    session.open()
    listen(terminal.descriptors.input) { $0.readKeys() }
    listen(terminal.descriptors.signals) { $0.readSignals() }
    times?.watchLoop()
    typePending()
    await withCheckedContinuation { finished = $0 }
    for source in sources { source.cancel() }
    session.close()
    tick?.cancel()
    let picture = dumpPath.map { _ in session.render(depth: terminal.colorDepth) }
    terminal.restore()
    try times?.write()
    if let dumpPath, let picture {
      try ScreenDump.write(picture, to: dumpPath, depth: terminal.colorDepth)
    }
    if let farewell { Output.note(farewell) }
  }

  private func listen(
    _ descriptor: Int32, _ handler: @escaping @MainActor (TerminalLoop) -> Void
  ) {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
    source.setEventHandler { [weak self] in
      MainActor.assumeIsolated {
        if let self { handler(self) }
      }
    }
    source.resume()
    sources.append(source)
  }

  private func readKeys() {
    while let input = terminal.readInput() {
      switch input {
      case .key(let key): receive(.key(key))
      case .closed:
        // It is told for ever: the loop must not wait for something else.
        end(saving: true)
        return
      default: break
      }
    }
  }

  private func readSignals() {
    while let signal = terminal.readSignal() {
      switch signal {
      case .resize:
        let size = terminal.size
        receive(.resized(columns: size.width, rows: size.height))
      case .goneOn:
        terminal.redraw()
        draw()
      case .stop:
        terminal.suspend()
        draw()
      case .end: end(saving: true)
      }
    }
  }

  private func receive(_ message: Message, posted: Double? = nil) {
    guard finished != nil || dumpPath != nil || !session.state.isQuitting else { return }
    if let posted { times?.changed(at: posted) }
    if case .key(let key) = message {
      session.receive(key: key, times: times)
    } else {
      session.receive(message)
    }
    for effect in session.takeTerminalEffects() { perform(effect) }
    needsDraw(within: message.answersUser ? Self.answerFrame : Self.frame)
    scheduleTick()
    typePending()
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .suspend: terminal.suspend()
    case .redraw: terminal.redraw()
    case .copyScreen: copyScreen()
    case .quit: end(saving: false)
    default: break
    }
  }

  /// Types the keys of the command line, one at a time when running work is waited for.
  private func typePending() {
    while !pendingKeys.isEmpty {
      guard session.state.model != nil || session.state.openError != nil else { return }
      if waitsBetweenKeys && !session.isIdle { return }
      let key = pendingKeys.removeFirst()
      receive(.key(key))
    }
    let isOpen = session.state.model != nil || session.state.openError != nil
    if dumpPath != nil && isOpen && session.isIdle { finish() }
  }

  /// Draws now, or when `gap` seconds have passed since the last frame.
  private func needsDraw(within gap: Double) {
    let due = lastDraw + gap
    let now = session.time
    if now >= due { return draw(due: now) }
    if let scheduledDraw, scheduledDraw <= due { return }
    scheduledDraw = due
    DispatchQueue.main.asyncAfter(deadline: .now() + (due - now)) {
      MainActor.assumeIsolated {
        // An earlier frame may have shown it.
        if self.scheduledDraw == due { self.draw(due: due) }
      }
    }
  }

  private func draw(due: Double? = nil) {
    let start = FrameTimes.now()
    let notBefore = due.map { start - session.time + $0 } ?? start
    scheduledDraw = nil
    lastDraw = session.time
    terminal.present(session.render(depth: terminal.colorDepth))
    times?.framePresented(start: start, notBefore: notBefore, state: session.state)
  }

  private func scheduleTick() {
    tick?.cancel()
    tick = nil
    guard let due = session.state.nextTick else { return }
    let timer = DispatchSource.makeTimerSource(queue: .main)
    timer.schedule(deadline: .now() + max(due - session.time, 0.001))
    timer.setEventHandler { [weak self] in
      MainActor.assumeIsolated { self?.receive(.tick) }
    }
    timer.resume()
    tick = timer
  }

  private func copyScreen() {
    let file = BundledFiles.state.appending(path: "screen.txt")
    do {
      try FileManager.default.createDirectory(
        at: BundledFiles.state, withIntermediateDirectories: true)
      try ScreenDump.write(
        session.render(depth: terminal.colorDepth), to: file.path, depth: terminal.colorDepth)
      receive(.screenCopied(file.path))
    } catch {
      receive(.note("\(error)", .error))
    }
  }

  /// Ends the program; a plan that was not saved is kept in the state folder when the user had no
  /// chance to save it.
  private func end(saving: Bool) {
    if saving, session.state.hasUnsavedPlan { farewell = RecoveredPlan.save(session.state.plan) }
    finish()
  }

  private func finish() {
    finished?.resume()
    finished = nil
  }
}

extension Message {
  /// Whether the user waits for it: it answers a key.
  fileprivate var answersUser: Bool {
    switch self {
    case .key, .sizes, .layerPicture, .resized, .modelOpened: true
    default: false
    }
  }
}
