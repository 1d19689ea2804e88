/// What is known of a weight that a `torch.nn.Linear` would hold.
struct LinearModule {
  /// The initializer that is added to each row of outputs; nil without one.
  let bias: String?
}
