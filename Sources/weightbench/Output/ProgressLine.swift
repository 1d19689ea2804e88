import ArgumentParser
import Foundation
import Synchronization

/// When a progress bar is drawn.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case never, auto, always
}

/// One line on standard error that tells how far long work has come.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let written = Mutex(false)

  init(_ mode: ProgressMode) {
    switch mode {
    case .never: isOn = false
    case .always: isOn = true
    case .auto: isOn = isatty(STDERR_FILENO) == 1
    }
  }

  /// Redraws the line.
  func show(_ fraction: Double, _ text: String) {
    guard isOn else { return }
    let width = 30
    let full = Int(min(max(fraction, 0), 1) * Double(width))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    FileHandle.standardError.write(
      Data("\r[\(bar)] \(Int(fraction * 100)) % \(text)\u{1B}[K".utf8))
    written.withLock { $0 = true }
  }

  /// Removes the line.
  func clear() {
    if written.withLock({ $0 }) { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
