import ModelCompression

extension ChannelReport {
  /// The output channels that are left of the layers that lost some, by name.
  var kept: [String: [Int]] {
    var result: [String: [Int]] = [:]
    for group in groups where group.removed > 0 {
      for member in group.members where member.kept.count < member.channels {
        result[member.layer] = member.kept
      }
    }
    return result
  }

  /// What the user should know, one sentence each.
  var summary: [String] {
    let smaller = groups.filter { $0.removed > 0 }
    var texts = [
      "channels: \(smaller.reduce(0) { $0 + $1.removed }) removed in \(smaller.count) of "
        + "\(groups.count) groups, \(parametersBefore) parameters become \(parametersAfter)"
    ]
    if let before = multiplyAddsBefore, let after = multiplyAddsAfter, after > 0 {
      let ratio = (Double(before) / Double(after) * 100).rounded() / 100
      texts.append("channels: \(ratio)x fewer multiply-adds, \(before) become \(after)")
    }
    var reasons: [String] = []
    for group in groups where group.amount > 0 {
      if let refusal = group.refusal, !reasons.contains(refusal) { reasons.append(refusal) }
    }
    for reason in reasons {
      let names = groups.filter { $0.amount > 0 && $0.refusal == reason }.map(\.name)
      let place = names.count == 1 ? names[0] : "\(names.count) groups, first \(names[0])"
      texts.append("channels: not \(place): \(reason)")
    }
    return texts + notices
  }
}
