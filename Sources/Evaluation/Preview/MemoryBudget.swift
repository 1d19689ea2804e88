import Foundation

/// How much memory an engine may take, and what for.
///
/// It covers what grows with use: prepared inputs, the original network's outputs, kept activations,
/// compressed weights of settings not in use, weights in the executors' layouts, and memory kept for the
/// values of the next run. The model file itself is mapped, not held, and so are large evaluation data.
public struct MemoryBudget: Sendable, Hashable {
  /// All of it.
  public let bytes: Int

  /// A budget of so many bytes.
  public init(bytes: Int) { self.bytes = max(bytes, 0) }

  /// A quarter of the memory that is free, or of what the control group leaves, whichever is less.
  public static var standard: MemoryBudget {
    let candidates = [availableMemory, groupMemory].compactMap { $0 }
    let free = candidates.min() ?? Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return MemoryBudget(bytes: free / 4)
  }

  /// Reads a size such as `512M`, `2G` or `1.5GiB`; nil when the text is none.
  ///
  /// K, M and G are powers of 1024; a plain number is bytes.
  public init?(_ text: String) {
    let lower = text.trimmingCharacters(in: .whitespaces).lowercased()
    let digits = lower.prefix { $0.isNumber || $0 == "." }
    let units = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40]
    var unit = lower.dropFirst(digits.count).drop { $0 == " " }
    for ending in ["ib", "b"] where unit.count > ending.count && unit.hasSuffix(ending) {
      unit = unit.dropLast(ending.count)
    }
    guard let value = Double(digits), let shift = units[String(unit)] else { return nil }
    let bytes = value * Double(1 << shift)
    guard bytes >= 0, bytes < 1e18 else { return nil }
    self.init(bytes: Int(bytes))
  }

  // Shares: most of the memory is worth most in kept activations.

  /// For prepared inputs, outputs and kept activations.
  var activations: Int { bytes / 2 }
  /// For the compressed weights of settings not in use.
  var compressedWeights: Int { bytes / 8 }
  /// For weights in the layouts of one executor.
  var preparedWeights: Int { bytes / 16 }

  /// For the memory that each thread of an executor keeps for the values of its next run; no more than 256
  /// MB, and never less than what small networks need.
  func freeValues(threads: Int) -> Int {
    min(max(bytes / 16 / max(threads, 1), 4 << 20), 1 << 28)
  }

  /// What the kernel says could be had without swapping.
  private static var availableMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kibibytes * 1024
  }

  /// What the control group of the process, and those above it, leave.
  private static var groupMemory: Int? {
    guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
    else { return nil }
    var least: Int?
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let files =
        isUnified
        ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      // Inside a container the path may be the host's; the root is then the group itself.
      var path = URL(filePath: String(parts[2])).standardized.path
      while true {
        if let limit = number(root + path + "/" + files.0),
          let usage = number(root + path + "/" + files.1)
        {
          least = min(least ?? .max, max(limit - usage, 0))
        }
        if path == "/" || path.isEmpty { break }
        path = URL(filePath: path).deletingLastPathComponent().path
      }
    }
    return least
  }

  private static func number(_ file: String) -> Int? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
