// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

@main
enum EntryPoint {
    /// Parses, runs, and turns whatever is thrown into a message and an exit code.
    static func main() async {
        Restart.unlessKernelsSuit([.linked])
        do {
            var command = try StrassenCommand.parseAsRoot()
            if var asynchronous = command as? AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Progress.clear()
        } catch {
            Progress.clear()
            guard let status = ExitStatus(of: error) else { StrassenCommand.exit(withError: error) }
            Console.note(Console.style("error: ", .red, on: STDERR_FILENO) + "\(error)")
            exit(status.rawValue)
        }
    }
}
