import Dispatch
import Foundation
import ModelFormats
import Synchronization
import Tensors
import TerminalCells
import WorkbenchCore

/// Measures how long the screen takes to answer: `--frame-times FILE`.
///
/// The file holds one JSON object a line. A line `key` tells for each key the milliseconds from
/// reading it to the end of the first frame drawn afterwards, to the frame with the exact size of its
/// plan, and to the frame with the picture of the selected layer. A line `frame` tells what drawing
/// took and how long after its due time it ended. A line `loop` tells how long an event waited for the
/// run loop. `summary`, at the end, holds the percentiles.
@MainActor
final class FrameTimes {
  private struct Key {
    var line: Int
    var start: Double
    var generation: Int?
    var layer: String?
  }

  private let path: String
  private let origin = FrameTimes.now()
  private var lines: [[String: JSONNumber]] = []
  private var names: [String] = []
  private var open: [Key] = []
  private var due: Double?
  private var beat: (any DispatchSourceTimer)?
  private var firstFrame: [String: JSONNumber] = [:]
  private var layersFrame: [String: JSONNumber] = [:]

  /// Seconds of the monotonic clock, which other programs can read too.
  nonisolated static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// - Parameter path: Where ``write()`` puts the figures.
  init(path: String) { self.path = path }

  /// Sends the run loop an event every 5 ms from another thread, to see how long it waits.
  func watchLoop() {
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .userInteractive))
    timer.schedule(deadline: .now(), repeating: .milliseconds(5))
    // Not of the main actor, as a closure without the word would be.
    timer.setEventHandler { @Sendable in
      let sent = FrameTimes.now()
      DispatchQueue.main.async {
        MainActor.assumeIsolated {
          self.add("loop", ["wait": .milliseconds(FrameTimes.now() - sent)])
        }
      }
    }
    timer.resume()
    beat = timer
  }

  /// Notes a key, before the state takes it in.
  func keyRead(_ key: KeyPress) {
    add("key", ["key": .text(key.name)])
    open.append(Key(line: lines.count - 1, start: FrameTimes.now()))
    changed()
  }

  /// Notes what a key changed: `generation` when the plan, `layer` when the selection.
  func keyTaken(generation: Int?, layer: String?) {
    guard let last = open.indices.last else { return }
    open[last].generation = generation
    open[last].layer = layer
  }

  /// Notes a change that a frame has to show; `time` is when it came about.
  func changed(at time: Double = FrameTimes.now()) { due = min(due ?? time, time) }

  /// Notes a frame that has reached the terminal.
  ///
  /// - Parameters:
  ///   - start: When drawing it began.
  ///   - notBefore: The earliest time that the pace of drawing allowed.
  ///   - state: What it shows.
  func framePresented(start: Double, notBefore: Double, state: WorkbenchState) {
    let end = FrameTimes.now()
    add(
      "frame",
      [
        "duration": .milliseconds(end - start),
        "late": .milliseconds(max(0, end - max(due ?? start, notBefore))),
      ])
    due = nil
    if firstFrame.isEmpty { firstFrame = moment(end) }
    if layersFrame.isEmpty, state.model != nil { layersFrame = moment(end) }
    for index in open.indices { note(&open[index], at: end, state) }
    open.removeAll { key in
      let line = lines[key.line]
      return line["first"] != nil && (key.generation == nil || line["size"] != nil)
        && (key.layer == nil || line["picture"] != nil)
    }
  }

  private func note(_ key: inout Key, at end: Double, _ state: WorkbenchState) {
    let took = JSONNumber.milliseconds(end - key.start)
    func set(_ name: String) { if lines[key.line][name] == nil { lines[key.line][name] = took } }
    set("first")
    if let generation = key.generation, let sizes = state.sizes, sizes.generation >= generation {
      set("size")
    }
    if let layer = key.layer {
      // Once another layer is selected its picture is no longer waited for.
      if state.selectedLayer?.name != layer { key.layer = nil }
      if state.picture?.value.name == layer { set("picture") }
    }
  }

  /// The time of the clock and the resident memory.
  private func moment(_ time: Double) -> [String: JSONNumber] {
    let pages =
      (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return [
      "monotonic": .number(time), "residentMB": .number(pages * Double(getpagesize()) / 1e6),
    ]
  }

  private func add(_ kind: String, _ values: [String: JSONNumber]) {
    var line = values
    line["kind"] = .text(kind)
    line["time"] = .milliseconds(FrameTimes.now() - origin)
    lines.append(line)
  }

  /// Writes the figures.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`.
  func write() throws(EngineError) {
    beat?.cancel()
    var summary: [String: JSONNumber] = ["kind": .text("summary")]
    for (kind, name) in [
      ("key", "first"), ("key", "size"), ("key", "picture"), ("frame", "duration"),
      ("frame", "late"), ("loop", "wait"),
    ] {
      let values = lines.filter { $0["kind"] == .text(kind) }.compactMap { $0[name]?.value }
        .sorted()
      guard let last = values.last else { continue }
      func percentile(_ share: Double) -> JSONNumber {
        .number(values[min(values.count - 1, Int(Double(values.count) * share))])
      }
      summary["\(kind).\(name).count"] = .number(Double(values.count))
      summary["\(kind).\(name).p50"] = percentile(0.5)
      summary["\(kind).\(name).p95"] = percentile(0.95)
      summary["\(kind).\(name).max"] = .number(last)
    }
    for (name, moment) in [("firstFrame", firstFrame), ("layersFrame", layersFrame)] {
      for (key, value) in moment { summary["\(name).\(key)"] = value }
    }
    let text = (lines + [summary]).map { line in
      "{"
        + line.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value.json)" }
        .joined(separator: ", ") + "}\n"
    }.joined()
    try AtomicFile.write(to: path) { file throws(EngineError) in
      try file.append(Array(text.utf8))
    }
  }
}

/// A value of a line: a number, or a text.
enum JSONNumber: Equatable {
  case number(Double)
  case text(String)

  /// Milliseconds of `seconds`.
  static func milliseconds(_ seconds: Double) -> JSONNumber { .number(seconds * 1e3) }

  /// The number; nil for texts.
  var value: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  /// The value as JSON.
  var json: String {
    switch self {
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15
        ? "\(Int(value))" : String(format: "%.3f", value)
    case .text(let text):
      "\""
        + text.unicodeScalars.map { scalar in
          scalar == "\"" || scalar == "\\"
            ? "\\\(scalar)"
            : scalar.value < 32 ? String(format: "\\u%04x", scalar.value) : String(scalar)
        }.joined() + "\""
    }
  }
}
