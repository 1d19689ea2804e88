import Foundation
import NetworkGraph
import Tensors

/// An activation function of a recurrent layer.
struct RecurrentActivation {
  private let kind: Kind
  private let alpha: Double
  private let beta: Double

  private enum Kind: String, CaseIterable {
    case relu, tanh, sigmoid, affine, leakyrelu, thresholdedrelu, scaledtanh, hardsigmoid, elu
    case softsign, softplus

    /// The default of alpha; nil for functions without.
    var alpha: Double? {
      switch self {
      case .affine, .thresholdedrelu, .scaledtanh, .elu: 1
      case .leakyrelu: 0.01
      case .hardsigmoid: 0.2
      default: nil
      }
    }

    /// The default of beta; nil for functions without.
    var beta: Double? {
      switch self {
      case .affine: 0
      case .scaledtanh: 1
      case .hardsigmoid: 0.5
      default: nil
      }
    }
  }

  /// The value of the function.
  func callAsFunction(_ value: Double) -> Double {
    switch kind {
    case .relu: max(value, 0)
    case .tanh: Foundation.tanh(value)
    case .sigmoid: 1 / (1 + exp(-value))
    case .affine: alpha * value + beta
    case .leakyrelu: value < 0 ? alpha * value : value
    case .thresholdedrelu: value >= alpha ? value : 0
    case .scaledtanh: alpha * Foundation.tanh(beta * value)
    case .hardsigmoid: min(max(alpha * value + beta, 0), 1)
    case .elu: value < 0 ? alpha * (exp(value) - 1) : value
    case .softsign: value / (1 + value.magnitude)
    case .softplus: max(value, 0) + log1p(exp(-value.magnitude))
    }
  }

  /// The functions of a node for all its directions: the attributes `activations`,
  /// `activation_alpha` and `activation_beta`, whose values go to the functions that take them.
  static func all(
    _ call: OperatorCall, defaults: [String], directions: Int
  ) throws(EngineError) -> [RecurrentActivation] {
    var names = (0..<directions).flatMap { _ in defaults }
    if case .strings(let given)? = call.node.attributes["activations"] {
      names = given.map { String(decoding: $0, as: UTF8.self) }
    }
    guard names.count == directions * defaults.count else {
      throw Shapes.mismatch(
        "there are \(names.count) activations instead of \(directions * defaults.count)")
    }
    var alphas = (call.node.floats("activation_alpha") ?? [])[...]
    var betas = (call.node.floats("activation_beta") ?? [])[...]
    var result: [RecurrentActivation] = []
    for name in names {
      guard let kind = Kind(rawValue: name.lowercased()) else {
        throw Shapes.unsupported("the activation '\(name)' is not known")
      }
      let alpha = kind.alpha.map { value in alphas.popFirst().map { Double($0) } ?? value }
      let beta = kind.beta.map { value in betas.popFirst().map { Double($0) } ?? value }
      result.append(RecurrentActivation(kind: kind, alpha: alpha ?? 0, beta: beta ?? 0))
    }
    return result
  }
}
