import ModelCompression

/// Numbers the settings of the first n layers: equal numbers mean equal settings, so that activations
/// behind those layers are known by one number.
struct UpstreamNumbers {
  private struct Step: Hashable {
    var upstream: Int
    var setting: Int
  }

  /// Steps that are remembered; activations of forgotten ones are computed again.
  private static let limit = 200_000

  private var settings: [EffectiveSetting: Int] = [:]
  private var steps: [Step: Int] = [:]
  // Numbers are never used twice; 0 stands for no layer at all.
  private var last = 0

  /// The numbers of the first settings: of none, of one, of two, and so on.
  mutating func numbers(of keys: [EffectiveSetting?]) -> [Int] {
    if steps.count + settings.count > Self.limit {
      settings = [:]
      steps = [:]
    }
    var numbers = [0]
    numbers.reserveCapacity(keys.count + 1)
    var upstream = 0
    for key in keys {
      let step = Step(upstream: upstream, setting: key.map { number(of: $0) } ?? 0)
      if let known = steps[step] {
        upstream = known
      } else {
        last += 1
        steps[step] = last
        upstream = last
      }
      numbers.append(upstream)
    }
    return numbers
  }

  private mutating func number(of setting: EffectiveSetting) -> Int {
    if let known = settings[setting] { return known }
    last += 1
    settings[setting] = last
    return last
  }
}
