import Dispatch
import Foundation

/// Does something when the user presses Ctrl-C, instead of ending the program.
final class InterruptHandler {
  private let source: any DispatchSourceSignal

  /// Starts listening.
  ///
  /// A second Ctrl-C ends the program as usual.
  init(_ body: @escaping @Sendable () -> Void) {
    // The default action would end the program before the source is told.
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      signal(SIGINT, SIG_DFL)
      body()
    }
    source.activate()
  }

  /// Stops listening: Ctrl-C ends the program again.
  func remove() {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
}
