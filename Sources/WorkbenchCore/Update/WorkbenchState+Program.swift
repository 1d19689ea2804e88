import ModelCompression
import TerminalCells

extension WorkbenchState {
  /// Cancels the next thing there is to cancel; never loses work.
  mutating func cancel(byInterrupt: Bool) -> [Effect] {
    if byInterrupt {
      if let cancelTime, time - cancelTime <= 2 { return quit() }
      cancelTime = time
    }
    var effects: [Effect] = []
    var done: String?
    if isEvaluating {
      isEvaluating = false
      effects = [.cancelEvaluation]
      done = "measurement cancelled; r starts it again"
    } else if view == .sensitivity, sensitivity.isScanning {
      effects = cancelScan()
      done = "scan stopped, what is known stays; r goes on, Esc leaves"
    } else if !filter.isEmpty {
      effects = setFilter("")
      done = "filter cleared"
    } else if view != .workbench {
      effects = leaveView()
    } else if focus == .messages {
      effects = toggleMessages()
    } else if zoom != .normal {
      zoom = .normal
    } else if !marked.isEmpty {
      done = "\(marked.count) marks cleared"
      marked = []
    }
    if byInterrupt {
      let text = done.map { "\($0); " } ?? ""
      say("\(text)C-c again within 2 seconds quits")
    } else if let done {
      say(done)
    }
    return effects
  }

  /// Ends the program.
  mutating func quit() -> [Effect] {
    isQuitting = true
    return [.quit]
  }

  /// Saves the plan: to `path`, to its own file, or to one asked for.
  mutating func savePlan(to path: String) -> [Effect] {
    if !path.isEmpty { return [.savePlan(plan, path: path)] }
    if let planPath { return [.savePlan(plan, path: planPath)] }
    overlay = .savePath(TextField("\(folder)/\(stem).plan.yaml"), quitsAfter: false)
    return []
  }

  /// The model's name without its ending.
  var stem: String {
    guard let name = model?.name, let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return model?.name ?? "model"
    }
    return String(name[..<dot])
  }

  /// A name for an export: the model's with the compression ratio.
  var suggestedName: String {
    guard let sizes, sizes.value.stored > 0 else { return "\(stem)-compressed" }
    let ratio = Double(sizes.value.originalFile) / Double(sizes.value.stored)
    return "\(stem)-\(Figures.ratio(ratio))"
  }

  /// Sets a theme by name, or opens the menu.
  mutating func chooseTheme(_ name: String) -> [Effect] {
    if name.isEmpty {
      let index = themes.firstIndex { $0.slug == themeSlug } ?? 0
      overlay = .themes(ThemeMenuState(index: index, previous: themeSlug))
      return []
    }
    let wanted = name.lowercased()
    guard
      let choice = themes.first(where: {
        $0.slug.lowercased() == wanted || $0.name.lowercased() == wanted
      }) ?? themes.first(where: { $0.slug.lowercased().hasPrefix(wanted) })
    else {
      say("no theme is called '\(name)': t lists them", .warning)
      return []
    }
    themeSlug = choice.slug
    say("theme: \(choice.name)")
    return [.setTheme(slug: choice.slug)]
  }
}
