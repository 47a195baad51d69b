// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// Tunings that were interrupted, and journals that somebody else or nobody wrote.
@Suite struct TuningJournalTests {
    /// An uninterrupted tuning: its evidence, line by line, and its profile.
    private struct Whole {
        let lines: [String]
        let profile: String

        init() throws {
            (lines, profile) = try CommandLineTool.inTemporaryFolder { folder in
                let tuner = try TunerTests.tuner(folder)
                _ = try tuner.run()
                let text = try String(contentsOf: tuner.files.evidence, encoding: .utf8)
                return (text.split(separator: "\n").map(String.init), try TunerTests.content(tuner.profile))
            }
        }
    }

    /// Tunes from a journal with this text.
    private func resume(_ journal: String) throws -> (profile: String, evidence: [String], runs: Int) {
        try CommandLineTool.inTemporaryFolder { folder in
            let topology = try SyntheticMachine.topology()
            let meter = SyntheticMeter(SyntheticMachine.truth(topology))
            let files = TuningFiles(folder: folder, name: Fingerprint(topology).fileName)
            try journal.write(to: files.partial, atomically: false, encoding: .utf8)
            let tuner = try TunerTests.tuner(folder, meter: meter)
            #expect(try tuner.run())
            let evidence = try String(contentsOf: files.evidence, encoding: .utf8).split(separator: "\n").map(
                String.init)
            return (try TunerTests.content(tuner.profile), evidence, meter.runs)
        }
    }

    @Test func interruptedAtAnyRecordItEndsTheSame() throws {
        let whole = try Whole()
        var runs: [Int] = []
        for count in 2...whole.lines.count {
            let kept = whole.lines.prefix(count).joined(separator: "\n") + "\n"
            let resumed = try resume(kept)
            #expect(resumed.profile == whole.profile, "after \(count) lines")
            #expect(Set(resumed.evidence) == Set(whole.lines), "after \(count) lines")
            runs.append(resumed.runs)
        }
        // What is known is not measured again.
        #expect(zip(runs, runs.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(runs.last == 0)
    }

    @Test func tornLinesAreMeasuredAgain() throws {
        let whole = try Whole()
        let line = whole.lines.count / 2
        let before = whole.lines.prefix(line).joined(separator: "\n") + "\n"
        for cut in stride(from: 1, through: whole.lines[line].count, by: 9) {
            let resumed = try resume(before + whole.lines[line].prefix(cut))
            #expect(resumed.profile == whole.profile, "cut after \(cut) characters")
        }
    }

    @Test func stoppedAnywhereItGoesOn() throws {
        let whole = try Whole()
        for stopAt in [0, 1, 17, 60, 120] {
            try CommandLineTool.inTemporaryFolder { folder in
                let left = try stop(in: folder, at: stopAt)
                let second = try TunerTests.tuner(folder)
                #expect(!FileManager.default.fileExists(atPath: second.files.profile.path))
                #expect(second.records == left)
                #expect(try second.run())
                #expect(try TunerTests.content(second.profile) == whole.profile)
            }
        }
    }

    /// Stops a tuning at a run.
    ///
    /// - Returns: Its records.
    private func stop(in folder: URL, at run: Int) throws -> [TuningRecord] {
        let stop = StopFlag()
        let meter = SyntheticMeter(SyntheticMachine.truth(try SyntheticMachine.topology()))
        meter.beforeRun = { if $0 == run { stop.raise() } }
        let tuner = try TunerTests.tuner(folder, meter: meter, stop: stop)
        #expect(try !tuner.run())
        return tuner.records
    }

    /// Lines that no tuning writes; each takes the place of a record, which is then measured again.
    static let hostile: [(what: String, spoil: @Sendable ([String]) -> String)] = [
        ("NaN", { cells in Self.replaced(cells, 13, "nan") }),
        ("infinity", { cells in Self.replaced(cells, 13, "inf") }),
        ("no time", { cells in Self.replaced(cells, 13, "0") }),
        ("negative time", { cells in Self.replaced(cells, 14, "-1") }),
        ("years", { cells in Self.replaced(cells, 15, "1e12") }),
        ("interval upside down", { cells in Self.replaced(cells, 14, "80000") }),
        ("negative side", { cells in Self.replaced(cells, 3, "-400") }),
        ("overflowing side", { cells in Self.replaced(cells, 3, "99999999999999999999") }),
        ("largest side", { cells in Self.replaced(cells, 3, "\(Int.max)") }),
        ("no samples", { cells in Self.replaced(cells, 12, "0") }),
        ("too many samples", { cells in Self.replaced(cells, 12, "\(Int.max)") }),
        ("unknown phase", { cells in Self.replaced(cells, 0, "guess") }),
        ("unknown precision", { cells in Self.replaced(cells, 1, "float16") }),
        ("unknown plan", { cells in Self.replaced(cells, 7, "laderman^9") }),
        ("unknown verdict", { cells in Self.replaced(cells, 17, "won") }),
        ("a cell too few", { $0.dropLast().joined(separator: ",") }),
        ("a cell too many", { ($0 + ["x"]).joined(separator: ",") }),
        ("nothing", { _ in "" }),
        ("a megabyte", { _ in String(repeating: "x", count: 1 << 20) }),
        ("control characters", { _ in "\u{0}\u{1}\u{1B}[2J" }),
    ]

    private static func replaced(_ cells: [String], _ index: Int, _ text: String) -> String {
        var cells = cells
        cells[index] = text
        return cells.joined(separator: ",")
    }

    @Test func nonsenseIsLeftOut() throws {
        let whole = try Whole()
        let place = whole.lines.count - 2
        let cells = whole.lines[place].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for (what, spoil) in Self.hostile {
            var lines = whole.lines
            lines[place] = spoil(cells)
            let resumed = try resume(lines.joined(separator: "\n") + "\n")
            #expect(resumed.profile == whole.profile, Comment(rawValue: what))
            #expect(resumed.runs > 0, Comment(rawValue: what))
        }
    }

    @Test func journalsOfOtherConditionsAreStartedAnew() throws {
        let whole = try Whole()
        for title in ["# Other CPU; 1 2 3; avx2; strassen 0.0.1; budget 6 s; float64; threads 1", "", "garbage"] {
            let resumed = try resume(([title] + whole.lines.dropFirst()).joined(separator: "\n") + "\n")
            #expect(resumed.profile == whole.profile)
            #expect(resumed.evidence == whole.lines)
        }
    }

    @Test func bytesThatAreNoTextAreStartedAnew() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("j.csv")
            try Data([0xFF, 0xFE, 0, 0x80, 0x0A]).write(to: file)
            #expect(try TuningJournal(file, conditions: "c", fresh: false).records.isEmpty)
            #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("# c\nphase,"))
        }
    }

    @Test func freshStartsAnew() throws {
        let whole = try Whole()
        try CommandLineTool.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("j.csv")
            try (whole.lines.joined(separator: "\n") + "\n").write(to: file, atomically: false, encoding: .utf8)
            let conditions = String(whole.lines[0].dropFirst(2))
            #expect(try !TuningJournal(file, conditions: conditions, fresh: false).records.isEmpty)
            #expect(try TuningJournal(file, conditions: conditions, fresh: true).records.isEmpty)
        }
    }
}
