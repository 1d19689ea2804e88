import NetworkGraph
import Tensors

/// Makes the nodes that turn codes into the weights they stand for.
struct WeightDecoder {
  /// The graph, which gets the initializers.
  var graph: NetworkGraph
  /// Gives names that the graph has not.
  var names: UniqueNames

  /// The nodes in evaluation order; the last one's output is `name`.
  mutating func nodes(
    _ name: String, _ quantized: QuantizedWeights, container: ElementType
  ) -> [Node] {
    switch quantized.form.kind {
    case .integers: [dequantize(name, quantized, codes: container)]
    case .floats where quantized.form.hasScales:
      [dequantize(name, quantized, codes: quantized.form.codes)]
    case .floats:
      [
        Node(
          name: name + "/Cast", op: "Cast",
          inputs: [add(quantized.codes, name + "_quantized")], outputs: [name],
          attributes: ["to": .int(1)])
      ]
    case .palette: gather(name, quantized, codes: container)
    }
  }

  private mutating func add(_ tensor: Tensor, _ wanted: String) -> String {
    let name = names.fresh(wanted)
    graph.initializers[name] = tensor
    return name
  }

  private mutating func dequantize(
    _ name: String, _ quantized: QuantizedWeights, codes type: ElementType
  ) -> Node {
    let layout = quantized.layout
    var node = Node(
      name: name + "/DequantizeLinear", op: "DequantizeLinear",
      inputs: [
        add(quantized.codes.reinterpreted(as: type), name + "_quantized"),
        add(layout.expressed(quantized.scales), name + "_scale"),
      ], outputs: [name])
    if let zeroPoints = quantized.zeroPoints {
      node.inputs.append(
        add(layout.expressed(zeroPoints).reinterpreted(as: type), name + "_zero_point"))
    }
    switch layout.form {
    case .tensor, .runsOfChannels: break
    case .axis(let axis): node.attributes["axis"] = .int(axis)
    case .blocks(let axis, let size):
      node.attributes["axis"] = .int(axis)
      node.attributes["block_size"] = .int(size)
    case .channelsOfGroups(let perGroup):
      node.attributes["axis"] = .int(0)
      node.attributes["block_size"] = .int(perGroup)
    }
    return node
  }

  private mutating func gather(
    _ name: String, _ quantized: QuantizedWeights, codes type: ElementType
  ) -> [Node] {
    let form = quantized.form
    let palettes = quantized.palettes ?? Tensor([0], [Float]())
    let codes = add(quantized.codes.reinterpreted(as: type), name + "_quantized")
    let levels = add(palettes.reshaped([palettes.count]), name + "_palette")
    var indices = names.fresh(name + "_indices")
    var nodes = [
      Node(
        name: name + "/Cast", op: "Cast", inputs: [codes], outputs: [indices],
        attributes: ["to": .int(6)])
    ]
    if form.layout.count > 1 {
      let starts = add(form.layout.paletteStarts(length: form.paletteLength), name + "_starts")
      let shifted = names.fresh(name + "_places")
      nodes.append(
        Node(name: name + "/Add", op: "Add", inputs: [indices, starts], outputs: [shifted]))
      indices = shifted
    }
    nodes.append(
      Node(name: name + "/Gather", op: "Gather", inputs: [levels, indices], outputs: [name]))
    return nodes
  }
}

extension ScaleLayout {
  /// Whether only a `DequantizeLinear` with blocks expresses the layout.
  var needsBlocks: Bool {
    switch form {
    case .tensor, .axis, .runsOfChannels: false
    case .blocks, .channelsOfGroups: true
    }
  }

  /// Scales or zero points in the shape that `DequantizeLinear` wants.
  ///
  /// Only channels of groups differ: blocks on axis 0 need one value for each kernel position too.
  func expressed(_ values: Tensor) -> Tensor {
    guard case .channelsOfGroups = form else { return values }
    let inner = weightShape[2...].reduce(1, *)
    let size = values.type.byteSize
    return Tensor(type: values.type, shape: shape + weightShape[2...]) { bytes in
      values.withBytes { source in
        for index in 0..<(values.count * inner) {
          for byte in 0..<size {
            bytes[index * size + byte] = source[index / inner * size + byte]
          }
        }
      }
    }
  }

  /// Where each output channel's palette begins when all lie in a row; int32, of a shape that spreads
  /// over the weight's.
  func paletteStarts(length: Int) -> Tensor {
    guard case .runsOfChannels(let axis, let size) = form else { return Tensor(scalar: Int32(0)) }
    var shape = [Int](repeating: 1, count: weightShape.count)
    shape[axis] = weightShape[axis]
    return Tensor(shape, (0..<weightShape[axis]).map { Int32($0 / size * length) })
  }
}
