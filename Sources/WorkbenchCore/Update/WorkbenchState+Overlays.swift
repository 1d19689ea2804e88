import TerminalCells

extension WorkbenchState {
  /// Gives a key to what lies over the panes.
  mutating func pressInOverlay(_ key: KeyPress) -> [Effect] {
    // Redrawing and suspending work everywhere.
    if key.name == "C-l" { return [.redraw] }
    if key.name == "C-z" { return [.suspend] }
    if key.name == "C-c" { return closeByInterrupt() }
    switch overlay {
    case .none: return []
    case .help(let help): return press(key, in: help)
    case .palette(let palette): return press(key, in: palette)
    case .export(let form): return press(key, in: form)
    case .themes(let menu): return press(key, in: menu)
    case .filter(let field, let previous): return press(key, in: field, previous: previous)
    case .savePath(let field, let quits): return press(key, in: field, quitsAfter: quits)
    case .search(let form): return press(key, in: form)
    case .finetune(let form): return press(key, in: form)
    case .settings(let form): return press(key, in: form)
    case .sizes(let panel): return press(key, in: panel)
    case .confirm(let question): return answer(key, to: question)
    }
  }

  private mutating func closeByInterrupt() -> [Effect] {
    if let cancelTime, time - cancelTime <= 2 { return quit() }
    let effects = pressInOverlay(.special(.escape))
    overlay = .none
    cancelTime = time
    say("closed; C-c again within 2 seconds quits")
    return effects
  }

  private mutating func press(_ key: KeyPress, in help: HelpState) -> [Effect] {
    var help = help
    switch key.name {
    case "Esc", "Enter", "F1":
      overlay = .none
      return []
    case "?" where help.filter.isEmpty:
      overlay = .none
      return []
    case "Down", "C-n": help.scroll += 1
    case "Up", "C-p": help.scroll = max(0, help.scroll - 1)
    case "PgDn", "C-d": help.scroll += 10
    case "PgUp": help.scroll = max(0, help.scroll - 10)
    default: if help.filter.handle(key) { help.scroll = 0 }
    }
    let lines = HelpLines.lines(for: self, filter: help.filter.text).count
    help.scroll = min(help.scroll, max(0, lines - 1))
    overlay = .help(help)
    return []
  }

  private mutating func press(_ key: KeyPress, in menu: ThemeMenuState) -> [Effect] {
    var menu = menu
    guard !themes.isEmpty else {
      overlay = .none
      return []
    }
    switch key.name {
    case "Esc", "q", "t":
      overlay = .none
      guard themeSlug != menu.previous else { return [] }
      themeSlug = menu.previous
      return [.setTheme(slug: themeSlug)]
    case "Enter":
      overlay = .none
      say("theme: \(themes[min(menu.index, themes.count - 1)].name)")
      return []
    case "j", "Down", "C-n", "Tab": menu.index = (menu.index + 1) % themes.count
    case "k", "Up", "C-p", "S-Tab": menu.index = (menu.index + themes.count - 1) % themes.count
    case "g", "Home": menu.index = 0
    case "G", "End": menu.index = themes.count - 1
    default: return []
    }
    overlay = .themes(menu)
    guard themes[menu.index].slug != themeSlug else { return [] }
    themeSlug = themes[menu.index].slug
    return [.setTheme(slug: themeSlug)]
  }

  private mutating func press(
    _ key: KeyPress, in field: TextField, previous: String
  ) -> [Effect] {
    var field = field
    switch key.name {
    case "Esc":
      overlay = .none
      return setFilter("")
    case "Enter":
      overlay = .none
      if filter.isEmpty { return [] }
      say("\(shownLayers.count) layers hold '\(filter)'; n N go through them, Esc clears")
      return []
    case "Down", "C-n": return moveToLayer(1)
    case "Up", "C-p": return moveToLayer(-1)
    default:
      guard field.handle(key) else { return [] }
      overlay = .filter(field, previous: previous)
      return setFilter(field.text)
    }
  }

  private mutating func press(
    _ key: KeyPress, in field: TextField, quitsAfter: Bool
  ) -> [Effect] {
    var field = field
    switch key.name {
    case "Esc":
      overlay = .none
      return []
    case "Enter":
      guard !field.text.allSatisfy({ $0 == " " }) else {
        say("type the path of the plan's file", .warning)
        return []
      }
      overlay = .none
      isQuitting = quitsAfter
      return [.savePlan(plan, path: field.text)]
    default:
      if field.handle(key) { overlay = .savePath(field, quitsAfter: quitsAfter) }
      return []
    }
  }

  private mutating func answer(_ key: KeyPress, to question: Confirmation) -> [Effect] {
    switch (question, key.name) {
    case (.restoreSession, "Enter"), (.restoreSession, "y"): return answerSession(takes: true)
    case (.restoreSession, "Esc"), (.restoreSession, "n"): return answerSession(takes: false)
    case (_, "Esc"), (_, "n"):
      overlay = .none
      return []
    case (.quit, "q"):
      overlay = .none
      isPlanDiscarded = true
      return quit()
    case (.quit, "w"):
      if let planPath {
        overlay = .none
        isQuitting = true
        return [.savePlan(plan, path: planPath)]
      }
      overlay = .savePath(TextField("\(folder)/\(stem).plan.yaml"), quitsAfter: true)
      return []
    case (.resetPlan, "y"), (.resetPlan, "Enter"):
      overlay = .none
      return resetPlan()
    default: return []
    }
  }

  private mutating func press(_ key: KeyPress, in palette: PaletteState) -> [Effect] {
    var palette = palette
    let matches = CommandLine.matches(palette.field.text)
    switch key.name {
    case "Esc":
      overlay = .none
      return []
    case "Down", "C-n": palette.index = min(palette.index + 1, max(0, matches.count - 1))
    case "Up", "C-p": palette.index = max(0, palette.index - 1)
    case "Tab":
      guard matches.indices.contains(palette.index) else { return [] }
      let action = matches[palette.index].action
      palette.field = TextField(action.name + (action.argument.isEmpty ? "" : " "))
      palette.index = 0
    case "Enter": return runCommand(palette, matches)
    case "Backspace" where palette.field.isEmpty:
      overlay = .none
      return []
    default: if palette.field.handle(key) { palette.index = 0 }
    }
    overlay = .palette(palette)
    return []
  }

  private mutating func runCommand(
    _ palette: PaletteState, _ matches: [CommandLine.Match]
  ) -> [Effect] {
    let (word, argument) = CommandLine.split(palette.field.text)
    let exact = KeyTable.standard.action(named: word)
    let chosen =
      palette.index == 0 && exact != nil
      ? exact
      : matches.indices.contains(palette.index) ? matches[palette.index].action : nil
    guard let chosen else {
      if word.isEmpty { overlay = .none }
      say("no command is called '\(word)'", .warning)
      return []
    }
    overlay = .none
    return run(chosen, ActionCall(argument: argument))
  }

  private mutating func press(_ key: KeyPress, in form: ExportForm) -> [Effect] {
    var form = form
    form.problem = nil
    switch key.name {
    case "Esc":
      overlay = .none
      return []
    case "Tab", "Down": form.moveField(1)
    case "S-Tab", "Up": form.moveField(-1)
    case "Enter":
      switch form.field {
      case .cancel:
        overlay = .none
        return []
      case .writesPlan: form.writesPlan.toggle()
      case .overwrites: form.overwrites.toggle()
      case .format, .folder, .name: form.moveField(1)
      case .export: return export(form)
      }
    case "Space" where ![.folder, .name].contains(form.field):
      switch form.field {
      case .format: form.moveFormat(1)
      case .writesPlan: form.writesPlan.toggle()
      case .overwrites: form.overwrites.toggle()
      case .export: return export(form)
      case .cancel:
        overlay = .none
        return []
      case .folder, .name: break
      }
    default: edit(&form, key)
    }
    overlay = .export(form)
    return []
  }

  private func edit(_ form: inout ExportForm, _ key: KeyPress) {
    switch (form.field, key.name) {
    case (.format, "Right"), (.format, "l"): form.moveFormat(1)
    case (.format, "Left"), (.format, "h"): form.moveFormat(-1)
    case (.folder, _): form.folder.handle(key)
    case (.name, _): form.name.handle(key)
    case (.export, "Right"), (.export, "Left"): form.field = .cancel
    case (.cancel, "Right"), (.cancel, "Left"): form.field = .export
    default: break
    }
  }

  private mutating func export(_ form: ExportForm) -> [Effect] {
    var form = form
    let name = form.name.text
    if name.allSatisfy({ $0 == " " }) {
      form.problem = "type a name for the file"
    } else if name.contains("/") {
      form.problem = "the name holds '/': put the folder into the field above"
    } else if model?.hasGraph == false, form.format.format?.holdsGraph == true {
      form.problem = "ONNX needs a graph; these are weights alone: choose safetensors"
    }
    if form.problem != nil {
      overlay = .export(form)
      return []
    }
    overlay = .none
    isExporting = true
    folder = form.folder.text.isEmpty ? "." : form.folder.text
    say("exporting \(form.fileName) ...")
    return [
      .export(
        ExportRequest(
          format: form.format, folder: folder, fileName: form.fileName,
          planFileName: form.planFileName, overwrites: form.overwrites, plan: plan,
          promisedBytes: promisedBytes(form.format)))
    ]
  }

  /// The exact bytes an export of a format would write; nil until they are known.
  func promisedBytes(_ format: ExportChoice) -> Int? {
    if format == .plan { return plan.text(.yaml).utf8.count }
    guard let sizes, sizes.generation == generation else { return nil }
    return format.format.flatMap { sizes.value.formats[$0.rawValue] }
  }
}
