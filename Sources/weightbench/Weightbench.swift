import ArgumentParser
import Foundation
import Tensors

/// The command line: one file per subcommand under Commands/.
struct Weightbench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weightbench",
    abstract: "Compress a neural network and watch its measured accuracy while you do.",
    discussion: """
      Without a subcommand it opens the workbench: `weightbench MODEL --data DATA`. Without a model \
      it opens the bundled sample.
      """,
    version: "0.1.0",
    subcommands: [
      WorkbenchCommand.self, InspectCommand.self, RunCommand.self, EvaluateCommand.self,
      SensitivityCommand.self, MergeCommand.self, SearchCommand.self, FinetuneCommand.self,
      ApplyCommand.self,
      SizesCommand.self,
      VerifyCommand.self, RecipeCommand.self, ImportCommand.self, BenchmarkCommand.self,
      KeysCommand.self, ThemesCommand.self,
    ],
    defaultSubcommand: WorkbenchCommand.self)
}

/// Maps every outcome to the exit status that scripts rely on: 0 done, 1 the work failed, 2 the
/// command line was wrong, 130 cancelled.
@main
enum Main {
  static func main() async {
    // A pipe that closes early (`| head`) ends the program quietly instead of killing it.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    var command: any ParsableCommand
    do {
      command = try Weightbench.parseAsRoot(arguments)
    } catch {
      end(onCommandLine: error)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      leave(code.rawValue)
    } catch is CancellationError {
      leave(130)
    } catch {
      let code = Weightbench.exitCode(for: error)
      // Help is asked for by an error of a command that only throws; so are mistakes found late.
      if code.isSuccess || code == .validationFailure { end(onCommandLine: error) }
      report(error, asJSON: arguments.contains("--json"))
      leave(1)
    }
    leave(0)
  }

  /// Ends the process without the destructors of libraries: worker threads may still be in the middle
  /// of one's code, which `exit` would take from under them.
  private static func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }

  /// Prints help, or what is wrong with the command line.
  private static func end(onCommandLine error: any Error) -> Never {
    let text = Weightbench.fullMessage(for: error)
    if Weightbench.exitCode(for: error).isSuccess {
      print(text)
      leave(0)
    }
    FileHandle.standardError.write(Data((text + "\n").utf8))
    leave(2)
  }

  private static func report(_ error: any Error, asJSON: Bool) {
    let failure =
      error as? EngineError
      ?? EngineError(EngineError.Code(rawValue: "failed"), problem: "\(error)")
    if asJSON {
      Output.json(
        ErrorReport(
          error: .init(
            code: failure.code.rawValue, message: failure.message, remedy: failure.remedy ?? "")))
    } else {
      FileHandle.standardError.write(Data("weightbench: \(failure)\n".utf8))
    }
  }
}

/// The JSON form of a failure.
private struct ErrorReport: Encodable {
  struct Content: Encodable {
    var code: String
    var message: String
    var remedy: String
  }

  var error: Content
}
