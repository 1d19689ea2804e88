import Tensors

/// The value of a node's attribute, with the kinds of ONNX `AttributeProto`.
public indirect enum AttributeValue: Sendable {
  case int(Int)
  case float(Float)
  /// UTF-8 by the specification; kept as bytes, since files break that.
  case string([UInt8])
  case tensor(Tensor)
  case graph(NetworkGraph)
  case ints([Int])
  case floats([Float])
  case strings([[UInt8]])
  case tensors([Tensor])
  case graphs([NetworkGraph])
  /// A kind this version does not interpret (sparse tensors, type protos): its field bytes as read,
  /// without the attribute's name, so that it is written back unchanged.
  case opaque([UInt8])
}
