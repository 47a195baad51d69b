// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// Runs the cases of a suite, progress on stderr.
struct BenchSession {
    let suite: Suite
    let settings: BenchmarkProtocol
    /// Refuse to measure beside other programs.
    let isStrict: Bool

    /// Share of the processors that others may use without remark.
    private static let quietLoad = 0.1

    /// - Parameter threads: What `all` means.
    /// - Throws: ``Failure`` when a case does not fit in memory, or the machine is busy and that matters.
    func run(threads: Int, environment: BenchmarkEnvironment) throws -> BenchmarkResults {
        let cases = suite.cases(allThreads: threads)
        try cases.forEach(checkMemory)
        try checkLoad()
        let runner = BenchmarkRunner(settings, environment: environment, peak: Machine.peak)
        var results: [StrassenLab.Measurement] = []
        for (index, problem) in cases.enumerated() {
            Console.note("[\(index + 1)/\(cases.count)] \(problem.title)")
            results += try run(problem, runner)
        }
        Progress.clear()
        return BenchmarkResults(
            machine: try Machine.info(), title: suite.title, created: Date(), settings: settings,
            libraries: environment.libraries,
            results: results)
    }

    private func run(_ problem: BenchmarkCase, _ runner: BenchmarkRunner) throws -> [StrassenLab.Measurement] {
        var bar: Progress?
        do {
            return try runner.run(problem) { done, total, detail in
                bar = bar ?? Progress("bench", total: total)
                bar?.update(done, detail)
            }
        } catch let error as BenchmarkError {
            throw Failure(
                .failed, "\(error)",
                advice: "this is a bug or a broken library: please report it with `strassen machine`")
        }
    }

    private func checkMemory(_ problem: BenchmarkCase) throws {
        guard let available = try Machine.info().memory, problem.operandBytes > available else { return }
        throw Failure(
            .unavailable,
            "\(problem.title) needs \(Format.bytes(problem.operandBytes)) for its matrices, "
                + "\(Format.bytes(available)) are free", advice: "choose smaller sizes or float32")
    }

    private func checkLoad() throws {
        guard let load = MachineLoad.current(), load > Self.quietLoad else { return }
        let message = "other programs use \(Format.percent(load)) of the processors"
        if isStrict { throw Failure(.tooNoisy, message, advice: "stop them, or leave out --strict") }
        Console.warn(message + "; figures will vary")
    }
}
