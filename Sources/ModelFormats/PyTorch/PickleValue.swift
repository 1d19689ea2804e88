/// A value on the stack of the pickle machine: small, and without references that could form cycles
/// or chains whose release would recurse.
///
/// Containers lie in the machine's heap.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer of more than 64 bits, little-endian two's complement.
  case bigInteger([UInt8])
  case float(Double)
  case string(String)
  case bytes([UInt8])
  case global(PickleGlobal)
  /// An object of the heap, by its index.
  case object(Int)

  /// The integer; bools count as Python counts them.
  var integer: Int? {
    switch self {
    case .int(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The text.
  var text: String? {
    if case .string(let value) = self { return value }
    return nil
  }
}

/// An object of the machine's heap.
struct PickleObject {
  /// What it is.
  enum Kind {
    case tuple
    case list
    /// Items are keys and values in turns.
    case dict
    case storage(PyTorchStorage)
    case tensor(PyTorchView)
    /// A device or layout: no number of the file depends on it.
    case opaque
  }

  var kind: Kind
  var items: [PickleValue] = []
}
