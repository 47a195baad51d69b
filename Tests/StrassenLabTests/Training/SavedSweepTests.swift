// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

/// State files that were damaged, or written by somebody else.
@Suite struct SavedSweepTests {
    /// The state of a sweep with one finished and one interrupted seed.
    private func state(_ preset: TrainingPreset) async throws -> String {
        let stop = StopFlag()
        var observer = LearningSweep.Observer()
        observer.finished = { _ in stop.raise() }
        let sweep = LearningSweep(configuration: preset.configuration, seeds: [1, 2], preset: preset)
        #expect(await sweep.run(threads: 1, observer: observer, stop: stop) == false)
        let run = LearningRun(configuration: preset.configuration, seed: 2)
        run.advance(limit: 5)
        let saved = try SavedSweep(bytes: sweep.savedState())
        let bytes = try SavedSweep(
            preset: preset, configuration: saved.configuration, seeds: saved.seeds, finished: saved.finished,
            interrupted: [run.state]
        ).bytes()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What reading a text says; nil when it is taken.
    private func refusal(_ text: String) -> InputError? {
        do {
            _ = try LearningSweep(savedState: Array(text.utf8))
            return nil
        } catch { return error as? InputError ?? InputError("an error of another kind: \(error)") }
    }

    /// A regular expression for a part of the file, what comes instead, and the field that is named.
    @Test(arguments: [
        (#""seeds" : \[[^\]]*\]"#, #""seeds" : []"#, "seeds"),
        (#""seeds" : \[[^\]]*\]"#, #""seeds" : [1, 1, 2]"#, "seeds"),
        (#""seeds" : \[[^\]]*\]"#, #""seeds" : [1, 3]"#, "finished, interrupted"),
        (#""seed" : 2"#, #""seed" : 1"#, "finished, interrupted"),
        (#""cpuSeconds" : [0-9.e-]+"#, #""cpuSeconds" : "nan""#, "cpuSeconds"),
        (#""seconds" : [0-9.e-]+"#, #""seconds" : "inf""#, "seconds"),
        (#""step" : 5\b"#, #""step" : 9223372036854775807"#, "interrupted, seed 2, trainer, step"),
        (#""optimizerSteps" : \d+"#, #""optimizerSteps" : 9223372036854775807"#, "trainer, optimizerSteps"),
        (#""pruned" : \[[^\]]*\]"#, #""pruned" : [1, 1]"#, "trainer, pruned"),
        (#""restarts" : 0,(?=\s+"scheme")"#, #""restarts" : 21,"#, "finished, seed 1, restarts"),
        (#"p7 \|"#, #"p7 |  2 0 0 0 | 1 0 0 0 | 1 0 0 0 \\n#"#, "finished, seed 1, scheme"),
        (#"rank 7"#, #"rank 8"#, "scheme"),
        (#""m" : 2,(?=\s+"margin")"#, #""m" : 1,"#, "finished"),
    ])
    func damageIsNamed(part: String, other: String, field: String) async throws {
        let good = try await state(.full)
        #expect(refusal(good) == nil)
        let bad = good.replacingOccurrences(of: part, with: other, options: .regularExpression)
        #expect(bad != good)
        let error = try #require(refusal(bad))
        #expect(error.field?.contains(field) == true, "\(error)")
    }

    @Test(arguments: ["stage", "stepInStage"])
    func countsOfLevenbergMarquardtHaveBounds(name: String) async throws {
        let good = try await state(.lm)
        #expect(refusal(good) == nil)
        let bad = good.replacingOccurrences(
            of: "\"\(name)\" : \\d+", with: "\"\(name)\" : 9223372036854775807", options: .regularExpression)
        #expect(bad != good && refusal(bad)?.field?.contains(name) == true)
    }

    @Test func aSchemeOfAnotherShapeIsRefused() async throws {
        let good = try await state(.full)
        let other = try Scheme.builtin("2x2x3-11").text.replacingOccurrences(of: "\n", with: "\\\\n")
        let bad = good.replacingOccurrences(
            of: #""scheme" : "[^"]*""#, with: "\"scheme\" : \"\(other)\"", options: .regularExpression)
        let error = try #require(refusal(bad))
        #expect(error.field == "finished, seed 1, scheme" && error.message.contains("⟨2,2,3;11⟩"), "\(error)")
    }
}
