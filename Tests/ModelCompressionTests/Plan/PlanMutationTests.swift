import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Damaged plan files: each is read or refused with an ``EngineError``, and what is read can be
/// written, read again and resolved.
@Suite struct PlanMutationTests {
  @Test(arguments: CompressionPlan.TextFormat.allCases)
  func damagedPlansAreReadOrRefused(format: CompressionPlan.TextFormat) throws {
    let seed: UInt64 = format == .yaml ? 21 : 22
    print("damaged plans: seed \(seed)")
    let bytes = Array(try CompressionPlan(text: PlanReadingTests.example).text(format).utf8)
    var mutator = ByteMutator(seed: seed)
    var (read, refused) = (0, 0)
    for index in 0..<2000 {
      let text = String(decoding: mutator.mutate(bytes), as: UTF8.self)
      do throws(EngineError) {
        let plan = try CompressionPlan(text: text)
        #expect(try CompressionPlan(text: plan.text(format)) == plan, "damage \(index): \(text)")
        _ = try plan.resolved(for: [])
        read += 1
      } catch {
        #expect(!error.problem.isEmpty)
        refused += 1
      }
    }
    print("damaged plans: \(read) read, \(refused) refused")
    #expect(read + refused == 2000)
    #expect(refused > 200 && read > 20, "the damages are all alike")
  }
}
