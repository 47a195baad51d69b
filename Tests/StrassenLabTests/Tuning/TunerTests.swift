// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// Whole tunings of a made-up machine.
@Suite struct TunerTests {
    /// float64 on one thread, with block sizes.
    static let small: TuningSettings = {
        var settings = TuningSettings(budget: 6, threads: [1])
        settings.precisions = [.float64]
        return settings
    }()

    static func tuner(
        _ folder: URL, _ settings: TuningSettings = small, meter: SyntheticMeter? = nil, stop: StopFlag = StopFlag(),
        report: @escaping (Tuner.Progress) -> Void = { _ in }
    ) throws -> Tuner {
        let topology = try SyntheticMachine.topology()
        return try Tuner(
            settings: settings, folder: folder, stop: stop, topology: topology,
            meter: meter ?? SyntheticMeter(SyntheticMachine.truth(topology)), report: report)
    }

    /// Everything but the date.
    static func content(_ profile: Profile) throws -> String {
        var undated = profile
        undated.created = ""
        return try undated.text
    }

    @Test func writesProfileAndEvidence() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let tuner = try Self.tuner(folder, TuningSettings(budget: 12, threads: [1, 2]))
            #expect(try tuner.run())
            let saved = try Profile(contentsOf: tuner.files.profile)
            #expect(
                saved.tunings.map { "\($0.precision) \($0.threads)" } == [
                    "float32 1", "float32 2", "float64 1", "float64 2",
                ])
            #expect(saved.machine == Fingerprint(try SyntheticMachine.topology()).machine)
            #expect(!saved.created.isEmpty)
            #expect(tuner.sections.count == 4)
            let evidence = try String(contentsOf: tuner.files.evidence, encoding: .utf8).split(separator: "\n")
            #expect(evidence.count == tuner.records.count + 2)
            #expect(!FileManager.default.fileExists(atPath: tuner.files.partial.path))
        }
    }

    @Test func tunesAllShapes() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let tuner = try Self.tuner(folder)
            _ = try tuner.run()
            let shapes = Set(tuner.records.filter { $0.phase == .plans }.map(\.problem.shape))
            #expect(shapes == Set(ShapeClass.allCases))
        }
    }

    /// The planner with the tuned profile takes what it would take if it knew the hidden prices.
    @Test func decidesAsWithTheHiddenPrices() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let topology = try SyntheticMachine.topology()
            let tuner = try Self.tuner(folder, TuningSettings(budget: 40, threads: [1]))
            _ = try tuner.run()
            let problems = TuningEvaluation.heldOut(threads: [1])
            let evaluation = try TuningEvaluation(
                problems, profile: tuner.profile, derived: Profile(derivedFrom: topology),
                meter: SyntheticMeter(SyntheticMachine.truth(topology)))
            #expect(evaluation.rows.count == 26)
            #expect(evaluation.withinTolerance >= 22)
            #expect(evaluation.slowerThanClassical == 0)
        }
    }

    /// With prices that choose badly, losses are counted where they stand out of the noise, and set apart where they do not.
    @Test func evaluationTellsLossesFromNoise() throws {
        let topology = try SyntheticMachine.topology()
        let truth = SyntheticMachine.truth(topology)
        var misled = truth
        for index in misled.tunings.indices { misled.tunings[index].costs.multiplyAdd *= 4 }
        func evaluate(noise: Double) throws -> TuningEvaluation {
            try TuningEvaluation(
                TuningEvaluation.heldOut(threads: [1]), profile: misled, derived: Profile(derivedFrom: topology),
                meter: SyntheticMeter(truth, noise: noise))
        }
        let (clear, noisy) = (try evaluate(noise: 0.001), try evaluate(noise: 0.6))
        #expect(clear.rows.allSatisfy { $0.isSettledWithBest && $0.isSettledWithClassical })
        #expect(clear.unsettled == 0)
        #expect(clear.slowerThanClassical > 0)
        #expect(noisy.slowerThanClassical < clear.slowerThanClassical && noisy.unsettled > 0)
    }

    @Test func noisyTuningsAgree() throws {
        let topology = try SyntheticMachine.topology()
        let decisions = try (0..<2).map { run in
            try CommandLineTool.inTemporaryFolder { folder in
                let meter = SyntheticMeter(SyntheticMachine.truth(topology), noise: 0.02, seed: UInt64(run))
                let tuner = try Self.tuner(folder, TuningSettings(budget: 40, threads: [1]), meter: meter)
                _ = try tuner.run()
                return try TuningDecisions(tuner.profile, threads: [1])
            }
        }
        #expect(Double(decisions[0].agreements(with: decisions[1])) / Double(decisions[0].count) >= 0.9)
    }

    @Test func findsBetterBlocks() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let topology = try SyntheticMachine.topology()
            let derived = Profile(derivedFrom: topology).blocking(.float64)
            // Half the depth is best, and every factor of two away from it costs 8 %.
            let meter = SyntheticMeter(SyntheticMachine.truth(topology)) {
                1 + 0.08 * abs(log2(Double($0.kc) / Double(derived.kc) * 2))
            }
            let tuner = try Self.tuner(folder, meter: meter)
            _ = try tuner.run()
            #expect(tuner.profile.blocking(.float64).kc == derived.kc / 2)
        }
    }

    @Test func equalBlocksStayAsTheyWereDerived() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let topology = try SyntheticMachine.topology()
            let tuner = try Self.tuner(
                folder, meter: SyntheticMeter(SyntheticMachine.truth(topology), noise: 0.005))
            _ = try tuner.run()
            #expect(tuner.profile.blocking(.float64) == Profile(derivedFrom: topology).blocking(.float64))
        }
    }

    @Test func whatIsNotTunedKeepsWhatAnotherRunMeasured() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            _ = try Self.tuner(folder, TuningSettings(budget: 6, threads: [2])).run()
            let before = try Profile(contentsOf: Self.tuner(folder).files.profile)
            _ = try Self.tuner(folder).run()
            let after = try Profile(contentsOf: Self.tuner(folder).files.profile)
            #expect(after.tunings.filter { $0.threads == 2 } == before.tunings)
            #expect(after.tunings.map(\.threads) == [2, 1, 2])
            #expect(after.blocking(.float32) == before.blocking(.float32))
        }
    }

    @Test func progressGrowsToTheBudget() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            var seen: [Tuner.Progress] = []
            _ = try Self.tuner(folder) { seen.append($0) }.run()
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.done <= $1.done + 1e-9 })
            #expect(seen.allSatisfy { $0.total == 6 && (0...6.001).contains($0.done) })
            #expect((seen.last?.done ?? 0) > 4)
        }
    }

    @Test func oneTuningAtATimeInAFolder() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let first = try Self.tuner(folder)
            let error = #expect(throws: FileSystemError.self) { try Self.tuner(folder) }
            #expect(error?.reason.contains("another tuning") == true)
            #expect(try first.run())
        }
        try CommandLineTool.inTemporaryFolder { folder in
            _ = try Self.tuner(folder)
            _ = try Self.tuner(folder)
        }
    }

    @Test func unwritableFolderIsSaidBeforeMeasuring() throws {
        let system = try CapturedSystem(["file": "x"])
        #expect(throws: FileSystemError.self) { try Self.tuner(system.root.appendingPathComponent("file/below")) }
    }
}
