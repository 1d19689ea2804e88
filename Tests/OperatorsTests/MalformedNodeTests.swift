import Foundation
import NetworkGraph
import Operators
import Tensors
import TestSupport
import Testing

/// Nodes with wrong attributes, shapes and types give an error or a result, never a crash.
@Suite struct MalformedNodeTests {
  private static let cases = BackendCases.all

  @Test(.enabled(if: !cases.isEmpty, "the ONNX backend cases are not installed"))
  func mutatedNodesNeverCrash() throws {
    var generator = SeededGenerator(seed: 20_240_607)
    var (failed, succeeded) = (0, 0)
    for entry in Self.cases {
      guard let graph = try? entry.model(), graph.nodes.count == 1,
        OperatorRegistry.standard[graph.nodes[0]] != nil,
        let inputs = try? entry.inputs(of: graph)
      else { continue }
      for _ in 0..<8 {
        var mutated = graph
        var values = inputs
        for _ in 0...Int.random(in: 0...1, using: &generator) {
          Self.mutate(&mutated, &values, using: &generator)
        }
        do {
          _ = try ReferenceExecutor(graph: mutated).run(inputs: values)
          succeeded += 1
        } catch {
          failed += 1
        }
        _ = try? ShapeInference.infer(graph: mutated, inputShapes: values.mapValues(\.shape))
        _ = SymbolicShapes.describe(graph: mutated)
      }
    }
    #expect(failed > 100)
    #expect(succeeded > 100)
  }

  /// Changes an attribute or an input.
  private static func mutate(
    _ graph: inout NetworkGraph, _ values: inout [String: Tensor],
    using generator: inout SeededGenerator
  ) {
    // No values of some millions: they are valid, and take the memory and time they ask for.
    let numbers = [-2, -1, 0, 1, 2, 3, 7, 1 << 40, 1 << 62, Int.max, Int.min]
    func number() -> Int { numbers.randomElement(using: &generator) ?? 0 }
    let attributes = Array(graph.nodes[0].attributes.keys)
    if Bool.random(using: &generator), let name = attributes.randomElement(using: &generator) {
      switch graph.nodes[0].attributes[name] {
      case .int?: graph.nodes[0].attributes[name] = .int(number())
      case .ints(var list)?:
        if list.isEmpty || Bool.random(using: &generator) {
          list.append(number())
        } else {
          list[Int.random(in: list.indices, using: &generator)] = number()
        }
        graph.nodes[0].attributes[name] = .ints(list)
      case .float?:
        graph.nodes[0].attributes[name] = .float(
          [.nan, 1e30, -1].randomElement(using: &generator) ?? 0)
      case .string?: graph.nodes[0].attributes[name] = .string([0xFF, 0x2C, 0x2E])
      default: graph.nodes[0].attributes[name] = nil
      }
      return
    }
    let names = graph.inputs.map(\.name)
    guard let name = names.randomElement(using: &generator), let old = values[name] else { return }
    var shape = old.shape
    var type = old.type
    switch Int.random(in: 0...4, using: &generator) {
    case 0: shape.append(Int.random(in: 0...3, using: &generator))
    case 1: _ = shape.popLast()
    case 2 where !shape.isEmpty:
      shape[Int.random(in: shape.indices, using: &generator)] = Int.random(
        in: 0...4, using: &generator)
    case 3:
      type =
        [.float32, .float16, .float64, .int64, .int8, .uint8, .bool, .int4, .float8e5m2]
        .randomElement(using: &generator) ?? .int32
    case 4 where graph.nodes[0].op == "Loop": return  // Without a trip count it runs to the limit.
    default:
      graph.nodes[0].inputs = graph.nodes[0].inputs.map { $0 == name ? "" : $0 }
    }
    let byte = UInt8.random(in: 0...2, using: &generator)
    // Every fourth one is -1 or NaN, or, where such a length is refused at once, huge.
    let isExtreme = Int.random(in: 0...3, using: &generator) == 0
    let isHuge = Bool.random(using: &generator) && [.int64, .float32, .float64].contains(type)
    let tensor = Tensor(type: type == .string ? .uint8 : type, shape: shape) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: isExtreme ? (isHuge ? 0x7F : 0xFF) : 0)
      if isExtreme { return }
      // Small numbers in any integer type of little-endian bytes.
      let size = max(type.byteSize, 1)
      for index in stride(from: 0, to: bytes.count, by: size) { bytes[index] = byte }
    }
    values[name] = tensor
    for index in graph.inputs.indices where graph.inputs[index].name == name {
      graph.inputs[index].type = tensor.type
      graph.inputs[index].shape = nil
    }
  }
}
