// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization
import Testing

@testable import StrassenLab

@Suite("interleaved measuring") struct BenchmarkRunnerTests {
    /// A protocol without waiting, one call a sample.
    private var settings: BenchmarkProtocol {
        var settings = BenchmarkProtocol()
        (settings.repeats, settings.sampleSeconds, settings.settleSeconds) = (5, 0, 0)
        return settings
    }

    private var environment: BenchmarkEnvironment { BenchmarkEnvironment(scheme: SchemeSource.scheme) }

    private func problem(_ specs: [String], threads: Int = 1, precision: Precision = .float64) throws -> BenchmarkCase {
        BenchmarkCase(
            m: 24, k: 20, n: 28, precision: precision, threads: threads,
            contenders: try specs.map(ContenderSpec.init(text:)))
    }

    @Test func everyEngineTakesATurnInEveryRoundInVaryingOrder() throws {
        let stopwatch = Stopwatch { body in
            try body(); return ElapsedTime(wall: 1, thread: 1, process: 1)
        }
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil }, stopwatch: stopwatch)
        var turns: [String] = []
        _ = try runner.run(problem(["classical", "basic", "optimal"])) { _, _, text in
            if !text.hasSuffix("first run") { turns.append(String(text.split(separator: " ").last!)) }
        }
        let rounds = stride(from: 0, to: turns.count, by: 3).map { Array(turns[$0..<$0 + 3]) }
        #expect(rounds.count == 5 && rounds.allSatisfy { Set($0) == ["classical", "basic", "optimal"] })
        #expect(Set(rounds).count > 1)
    }

    @Test func statisticsAreThoseOfTheSamples() throws {
        let calls = Mutex(0)
        let clock = Stopwatch { body in
            try body()
            let count = calls.withLock {
                $0 += 1; return $0
            }
            let seconds = Double(count)
            return ElapsedTime(wall: seconds, thread: 2 * seconds, process: 3 * seconds)
        }
        let runner = BenchmarkRunner(
            settings, environment: environment, peak: { _, threads in Double(threads) }, stopwatch: clock)
        let row = try #require(try runner.run(problem(["classical"])).first)
        // The first call is the warm-up; the samples are calls 2…6, read from the thread's clock.
        #expect(row.samples == [4, 6, 8, 10, 12] && row.clock == .cpu)
        #expect(row.medianSeconds == 8 && row.minSeconds == 4 && row.spread == 1 && row.utilization == 3)
        let gflops = 2.0 * 24 * 20 * 28 / 8 / 1e9
        #expect(row.gflops == gflops && row.fractionOfPeak == gflops && row.repeats == 5)
    }

    /// The peak takes a turn in every round: what is reached counts against its median, what cannot be against the best.
    @Test func thePeakIsMeasuredInEveryRound() throws {
        let rounds = Mutex<[Double]>([])
        let runner = BenchmarkRunner(settings, environment: environment) { _, _ in
            rounds.withLock {
                $0.append([30, 50, 20, 90, 40][$0.count])
                return $0.last
            }
        }
        let row = try #require(try runner.run(problem(["classical"])).first)
        #expect(rounds.withLock { $0.count } == 5)
        #expect(row.peakGflops == 40 && row.limitGflops == 90 && row.fractionOfPeak == row.gflops / 40)
    }

    @Test func severalThreadsGoByTheWallClock() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        let rows = try runner.run(problem(["openblas", "openblas@1", "turbo"], threads: 2))
        #expect(rows.map(\.clock) == [.wall, .cpu, .wall] && rows.map(\.threads) == [2, 1, 2])
        #expect(rows[0].speedup == 1 && rows[0].baseline == "openblas" && rows[0].fractionOfPeak == nil)
    }

    /// Workers of others spin for a while after a call, whoever called.
    @Test func whoUsesOthersThreadsIsWaitedFor() throws {
        let operands = try Operands<Double>(problem([], threads: 2), seed: 1)
        let factory = ContenderFactory(environment)
        let specs = ["classical", "basic:levels=1", "basic+openblas:levels=1", "openblas", "openblas@1", "unfair"]
        let spinning = try specs.flatMap { try factory.prepare(ContenderSpec(text: $0), operands) }
        #expect(spinning.map(\.leavesThreadsSpinning) == [false, false, true, true, false, false])
    }

    /// A library that takes threads as it likes is never judged by the time of one.
    @Test func whatControlsItsThreadsAloneGoesByTheWallClock() throws {
        var settings = settings
        settings.clock = .cpu
        let operands = try Operands<Double>(problem(["classical"]), seed: 1)
        for controls in [false, true] {
            let contender = PreparedContender(
                label: "x", engine: "x", threads: 1, controlsThreads: controls, run: { _ in })
            let measured = MeasuredContender(
                contender: contender, error: try operands.error(),
                times: [ElapsedTime(wall: 2, thread: 1, process: 4)])
            let row = try #require(MeasuredContender.rows([measured], operands.problem, settings, peaks: [:]).first)
            #expect(row.clock == (controls ? .cpu : .wall) && row.medianSeconds == (controls ? 1 : 2))
        }
    }

    /// As long as C cannot grow beyond all bounds from call to call.
    @Test(arguments: [(0.0, true), (1, true), (-0.5, true), (2, false)])
    func shortCallsRepeatUnlessBetaIsLarge(beta: Double, repeats: Bool) throws {
        var settings = settings
        settings.sampleSeconds = 1e-3
        let clock = Stopwatch { body in
            try body()
            return ElapsedTime(wall: 1e-4, thread: 1e-4, process: 1e-4)
        }
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil }, stopwatch: clock)
        var problem = try problem(["classical"])
        problem.beta = beta
        let row = try #require(try runner.run(problem).first)
        #expect(abs(row.medianSeconds - (repeats ? 1e-5 : 1e-4)) < 1e-5 / 4, "\(row.medianSeconds)")
    }

    @Test(arguments: Precision.allCases) func allEnginesAreRight(precision: Precision) throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        let specs = [
            "classical", "basic:levels=1", "optimal:levels=1", "turbo:levels=1,scheme=strassen", "reference",
            "openblas",
            "basic+openblas:levels=1", "optimal+openblas:levels=2,scheme=winograd", "unfair", "auto",
        ]
        let rows = try runner.run(problem(specs, precision: precision))
        #expect(rows.count == specs.count)
        for row in rows {
            #expect(try #require(row.maxErrorRatio) < 200, "\(row.label)")
            #expect(row.errorVersusClassical != nil)
        }
        #expect(rows[3].scheme == "strassen" && rows[3].levels == 1 && rows[3].engine == "turbo")
        #expect(rows[8].scheme == "strassen" && rows[8].levels == 1 && rows[8].workspaceBytes > 0)
    }

    @Test func transposesBetaAndWideRowsAreRight() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var problem = try problem(["classical", "openblas", "turbo:levels=1", "optimal+openblas:levels=1"])
        (problem.transposeA, problem.transposeB, problem.beta, problem.leading) = (true, true, -0.5, 40)
        for row in try runner.run(problem) {
            #expect(try #require(row.maxErrorRatio) < 200, "\(row.label)")
            #expect(row.transpose == "TT" && row.beta == -0.5 && row.leading == 40)
        }
    }

    @Test func limitIsThePeakOverWhatTheSchemeLeavesOfTheMultiplyAdds() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, threads in 10 * Double(threads) })
        let specs = [
            "openblas", "classical", "turbo:levels=1,scheme=strassen", "optimal+openblas:levels=2,scheme=winograd",
            "unfair", "reference",
        ]
        let limits = try runner.run(problem(specs, threads: 2)).map { try #require($0.limitGflops) }
        let expected: [Double] = [20, 20, 160.0 / 7, 1280.0 / 49, 160.0 / 7, 20]
        for (limit, value) in zip(limits, expected) { #expect(abs(limit - value) < 1e-9) }
        var odd = try problem(["turbo:levels=1,scheme=strassen"])
        odd.n += 1  // the strip that the blocks leave over is multiplied classically
        let limit = try #require(try runner.run(odd).first?.limitGflops)
        #expect(limit > 10 && limit < 10 * 8.0 / 7 - 1e-3)
    }

    @Test func bestBaselineIsTheFastestForeignLibrary() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var problem = try problem(["openblas", "classical"])
        (problem.baseline, problem.target) = (BenchmarkCase.bestBaseline, 1.5)
        let rows = try runner.run(problem)
        #expect(rows.map(\.baseline) == ["openblas", "openblas"])
        #expect(rows.allSatisfy { $0.target == nil })
    }

    @Test func targetIsAskedOfTurbo() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var problem = try problem(["openblas", "turbo"])
        problem.target = 1e-9
        let rows = try runner.run(problem)
        #expect(rows.map(\.target) == [nil, 1e-9] && rows[1].meetsTarget == true && rows[0].meetsTarget == nil)
    }

    /// A later case that fails takes nothing away from those before it.
    @Test func finishedCasesAreKeptWhenALaterOneFails() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var broken = try problem(["unfair"])
        broken.m = 25
        let cases = [try problem(["classical"]), broken, try problem(["turbo"])]
        var begun: [Int] = []
        let outcome = runner.run(cases, begin: { index, _ in begun.append(index) })
        #expect(outcome.results.map(\.label) == ["classical"] && outcome.failure is InputError && begun == [0, 1])
        let stopped = runner.run(cases, begin: { index, _ in if index == 1 { throw CancellationError() } })
        #expect(stopped.results.map(\.label) == ["classical"] && stopped.failure is CancellationError)
        #expect(runner.run([cases[0], cases[2]]).failure == nil)
    }

    /// A target that nobody could judge would count as met.
    @Test(arguments: [
        (["openblas", "classical"], "openblas"), (["openblas", "turbo@2"], "openblas"),
        (["classical", "turbo"], "openblas"),
        (["classical", "turbo"], "best"), (["against", "unfair", "turbo"], "best"),
    ]) func targetsNeedTurboAndItsBaseline(specs: [String], baseline: String) throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var problem = try problem(specs)
        problem.baseline = baseline
        try runner.check(problem)
        problem.target = 1.1
        #expect { try runner.check(problem) } throws: { ($0 as? InputError)?.field == "target" }
    }

    @Test func aTargetWhoseBaselineRunsIsTaken() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        for baseline in ["openblas", "best", "classical"] {
            var problem = try problem(["openblas", "classical", "turbo"])
            (problem.baseline, problem.target) = (baseline, 1.1)
            try runner.check(problem)
        }
    }

    @Test func betaIsFiniteInThePrecision() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        for (precision, beta) in [(Precision.float32, 1e300), (.float64, .infinity), (.float32, .nan)] {
            var problem = try problem(["openblas"], precision: precision)
            problem.beta = beta
            #expect { try runner.check(problem) } throws: { ($0 as? InputError)?.field == "beta" }
        }
    }

    @Test func unfairNeedsSizesThatDivide() throws {
        let runner = BenchmarkRunner(settings, environment: environment, peak: { _, _ in nil })
        var problem = try problem(["unfair"])
        problem.m = 25
        #expect(throws: InputError.self) { try runner.check(problem) }
        #expect(throws: InputError.self) { try runner.run(problem) }
    }
}
