import Foundation

/// The machine that figures were measured on.
struct Machine: Encodable {
  /// The processor's name.
  let processor: String
  /// Cores that this process may use.
  let cores: Int
  /// Instruction sets that matter for the figures.
  let instructions: [String]
  /// Memory in bytes.
  let memory: UInt64

  /// This machine.
  static var here: Machine {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ name: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: ":").last
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let flags = Set((field("flags") ?? "").split(separator: " ").map(String.init))
    let names = [
      ("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"),
      ("avx512_bf16", "AVX-512 bf16"), ("amx_tile", "AMX"),
    ]
    return Machine(
      processor: field("model name") ?? "unknown processor",
      cores: ProcessInfo.processInfo.activeProcessorCount,
      instructions: names.filter { flags.contains($0.0) }.map(\.1),
      memory: ProcessInfo.processInfo.physicalMemory)
  }

  /// The machine in one line.
  var text: String {
    "\(processor), \(cores) cores, \(instructions.joined(separator: ", "))"
  }
}
