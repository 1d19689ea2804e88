import ModelCompression

extension WorkbenchState {
  /// The plan that the session file ought to hold: the one there is while it is unsaved, unless the
  /// user has said that it may go.
  private var wantedSessionPlan: CompressionPlan? {
    hasUnsavedPlan && !isPlanDiscarded ? plan : nil
  }

  /// Whether the session file does not hold the plan as it stands.
  var isSessionBehind: Bool {
    keepsSession && model != nil && foundPlan == nil && wantedSessionPlan != sessionPlan
  }

  /// Writes the session file when it is behind and its time has come.
  mutating func sessionEffects() -> [Effect] {
    guard isSessionBehind, isQuitting || time >= sessionTime + Self.sessionSeconds else {
      return []
    }
    sessionPlan = wantedSessionPlan
    sessionTime = time
    return [.saveSession(sessionPlan)]
  }

  /// Asks about the unsaved plan of an earlier session, if it is another one and fits the model.
  mutating func offerSession(_ found: CompressionPlan, age: Double) {
    guard keepsSession, let model, found != plan,
      (try? found.resolved(for: model.layers.map(\.layer))) != nil
    else { return }
    foundPlan = found
    foundAge =
      age < 90
      ? "a minute ago"
      : age < 5400
        ? "\(Int(age / 60)) minutes ago"
        : age < 172_800 ? "\(Int(age / 3600)) hours ago" : "\(Int(age / 86_400)) days ago"
    overlay = .confirm(.restoreSession)
  }

  /// Takes the plan of the earlier session, or leaves it: then the next change replaces it.
  mutating func answerSession(takes: Bool) -> [Effect] {
    overlay = .none
    guard let found = foundPlan else { return [] }
    foundPlan = nil
    // Declined: it is not offered again.
    guard takes else { return [.saveSession(nil)] }
    say("restored the unsaved plan of the last session; u undoes")
    return take(found, label: "plan of the last session")
  }
}
