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

    /// What was measured, and why that is not all.
    struct Outcome {
        /// Of the cases that were finished.
        let results: BenchmarkResults
        /// Why the others were not: `CancellationError` when the run was stopped; nil: all were finished.
        let failure: (any Error)?
    }

    /// - Parameters:
    ///   - threads: What `all` means.
    ///   - stop: Ends the run between two samples.
    /// - Throws: ``Failure`` when a case does not fit in memory, or the machine is busy and that matters; what
    ///   ``BenchmarkRunner/check(_:)`` throws: before anything is measured.
    func run(threads: Int, environment: BenchmarkEnvironment, stop: StopFlag) throws -> Outcome {
        let cases = suite.cases(allThreads: threads)
        let runner = BenchmarkRunner(settings, environment: environment) {
            try PeakMeter.measure(precision: $0, threads: $1, rounds: 1)
        }
        let machine = try Machine.info()
        try suite.checkMemory(threads: threads)
        try cases.forEach(runner.check)
        try checkLoad()
        adviseOnKernels(of: environment.libraries, in: cases)
        let outcome = measure(cases, runner, stop)
        Progress.clear()
        let results = BenchmarkResults(
            machine: machine, title: suite.title, created: Date(), settings: settings,
            libraries: environment.libraries, profile: environment.profile, results: outcome.results)
        return Outcome(results: results, failure: outcome.failure.map(Self.explained))
    }

    private func measure(
        _ cases: [BenchmarkCase], _ runner: BenchmarkRunner, _ stop: StopFlag
    ) -> BenchmarkRunner.Outcome {
        var bar: Progress?
        func check() throws { if stop.isRaised { throw CancellationError() } }
        return runner.run(cases) { index, problem in
            try check()
            Console.note("[\(index + 1)/\(cases.count)] \(problem.title)")
            bar = nil
        } progress: { done, total, detail in
            try check()
            bar = bar ?? Progress("bench", total: total)
            bar?.update(done, detail)
        }
    }

    /// What to do about a wrong result; other errors say it themselves.
    private static func explained(_ error: any Error) -> any Error {
        guard let error = error as? BenchmarkError else { return error }
        return Failure(
            .failed, "\(error)",
            advice: "this is a bug or a broken library: please report it with `strassen machine`")
    }

    /// A library that does not use all of the CPU makes everything beside it look fast. Which kernels a variable named, this
    /// program's restart or the user, is said too.
    private func adviseOnKernels(of libraries: [BLASLibrary], in cases: [BenchmarkCase]) {
        let usesOpenBLAS = cases.contains { $0.contenders.contains(where: \.usesOpenBLAS) }
        for library in (usesOpenBLAS ? [.linked] : []) + libraries {
            if let choice = library.kernelChoice { Console.note("\(library.name) takes its kernels by \(choice)") }
            if let advice = library.advice { Console.warn(advice) }
        }
    }

    private func checkLoad() throws {
        guard let load = MachineLoad.current(), load > Self.quietLoad else { return }
        let message = "other programs use \(Format.percent(load)) of the processors"
        if isStrict { throw Failure(.tooNoisy, message, advice: "stop them, or leave out --strict") }
        Console.warn(message + "; figures will vary")
    }
}

extension Suite {
    /// Refuses a case whose matrices do not fit in memory; `threads`: what `all` means.
    func checkMemory(threads: Int) throws {
        for problem in cases(allThreads: threads) {
            try MemoryCheck.require(problem.operandBytes, for: problem.title)
        }
    }
}
