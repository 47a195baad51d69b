// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Other people's programs: lstopo, valgrind, gnuplot.
enum Tool {
    struct Result {
        let status: Int32
        let output: Data
        let errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Where a program lies on the PATH; `nil`: it is not installed.
    static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end with nothing on its input, or until `stop` is raised, which ends it.
    ///
    /// - Throws: ``UnavailableError`` when the system cannot start it, `CancellationError` when stopped.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], stop: StopFlag? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, output, errors)
        do { try process.run() } catch {
            throw UnavailableError("\(program) does not start: \(error.localizedDescription)", advice: "reinstall it")
        }
        let watch = stop.map { ending(process, when: $0) }
        defer { watch?.cancel() }
        // Both pipes are drained at once: a program that fills one while we read the other would wait for ever.
        let collected = Collected()
        let reader = Thread { collected.finish(errors.fileHandleForReading.readDataToEndOfFile()) }
        reader.start()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if let stop, stop.isRaised { throw CancellationError() }
        return Result(status: process.terminationStatus, output: data, errors: collected.text())
    }

    /// Looks ten times a second whether the program should end. It has a process group of its own, which
    /// Ctrl-C does not reach.
    private static func ending(_ process: Process, when stop: StopFlag) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "strassen.tool"))
        timer.schedule(deadline: .now(), repeating: .milliseconds(100))
        timer.setEventHandler { if stop.isRaised && process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        timer.resume()
        return timer
    }

    private final class Collected: @unchecked Sendable {  // the semaphore orders the two accesses
        private var data = Data()
        private let done = DispatchSemaphore(value: 0)
        func finish(_ data: Data) {
            self.data = data
            done.signal()
        }
        func text() -> String {
            done.wait()
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// Calls `body` with a new folder for the files of other programs; it is removed afterwards.
func inTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strassen-\(UUID().uuidString)")
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
        throw FileSystemError(operation: .create, path: folder.path, reason: error.localizedDescription)
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
