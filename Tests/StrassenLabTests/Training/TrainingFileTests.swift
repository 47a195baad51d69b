// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite struct TrainingFileTests {
    @Test(arguments: TrainingPreset.allCases)
    func presetsAreValid(preset: TrainingPreset) throws {
        try TrainingFile(preset: preset).validate()
        #expect(!preset.summary.isEmpty)
        let copy = try JSONDecoder().decode(
            TrainingConfiguration.self, from: JSONEncoder().encode(preset.configuration))
        #expect(copy == preset.configuration)
    }

    @Test func keysChangeThePreset() throws {
        let file = try TrainingFile(
            toml: """
                preset = "pairs2"
                seed = 9
                shape = "2x2x3"
                num_slots = 12
                target_slots = 11
                batch_size = 64        # for both phases
                PHASE1_LR = 0.5        # as in the repository's main.py
                phase2_epochs = 40
                discretization = "gauge"
                [[phase]]
                schedule = "cosine"
                [[phase]]
                [[phase]]
                optimizer = "lm"
                lm_continuation = [0.1, 1]
                """)
        let run = file.configuration
        #expect(file.seed == 9 && file.preset == .pairs2)
        #expect((run.m, run.k, run.n, run.slots, run.targetRank) == (2, 2, 3, 12, 11))
        #expect(run.phases.count == 3 && run.phases[0].batchSize == 64 && run.phases[1].batchSize == 64)
        #expect(run.phases[0].learningRate == 0.5 && run.phases[1].learningRate == 0.005)
        #expect(run.phases[0].schedule == .cosine && run.phases[1].epochs == 40 && run.phases[1].steps == nil)
        #expect(run.phases[2].optimizer == .lm && run.phases[2].lm.continuation == [0.1, 1])
        #expect(run.discretization == [.gauge])
    }

    @Test func keysAreFoundInEitherCase() throws {
        let file = try TrainingFile(toml: "Preset = \"paper\"\nSEED = 3\n[[Phase]]\nLR = 0.5\n")
        #expect(file.preset == .paper && file.seed == 3 && file.configuration.phases[0].learningRate == 0.5)
    }

    @Test func whatIsSaidOfAllPhasesReachesAddedOnes() throws {
        let phases = try TrainingFile(
            toml: """
                PHASE1_LR = 0.5
                phase2_steps = 7
                phase3_momentum = 0.75
                batch_size = 64
                lr = 0.25
                steps = 9
                [[phase]]
                [[phase]]
                [[phase]]
                batch_size = 16
                """
        ).configuration.phases
        #expect(phases.map(\.batchSize) == [64, 64, 16] && phases.map(\.learningRate) == [0.5, 0.25, 0.25])
        #expect(phases.map(\.steps) == [9, 7, 9] && phases.map(\.momentum) == [0, 0, 0.75])
    }

    @Test func knownKeysAreThoseOfThePlace() throws {
        let advice = { (set: () throws -> Void) in
            do {
                try set()
                return ""
            } catch { return (error as? InputError)?.advice ?? "" }
        }
        let inFile = advice { _ = try TrainingFile(toml: "sed = 5") }
        #expect(inFile.contains("preset, seed, shape") && inFile.contains("lm_tolerance"))
        var file = TrainingFile(preset: .minibatch)
        let inFlag = advice { try file.set(flag: "seed=5") }
        #expect(inFlag.contains("shape") && !inFlag.contains("seed") && !inFlag.contains("preset"))
        let inPhase = advice { try file.set(flag: "phase1.rate=5") }
        #expect(inPhase.contains("learning_rate") && !inPhase.contains("shape"))
    }

    @Test func sectionOfThePapersFile() throws {
        let file = try TrainingFile(toml: "[algorithm]\nrank = 6\nbase_size = 2\n")
        #expect(file.configuration.targetRank == 6)
    }

    /// What stands at the top wins over the section, and what is said of one phase over both, however it is written.
    @Test(arguments: [
        ("lr = 0.25\n[algorithm]\nlr = 0.5", 0.25), ("LR = 0.25\n[algorithm]\nlr = 0.5", 0.25),
        ("lr = 0.25\n[algorithm]\nphase1_lr = 0.5", 0.5), ("Phase1_LR = 0.25\n[Algorithm]\nphase1_lr = 0.5", 0.25),
    ])
    func whoWinsDoesNotDependOnSpelling(toml: String, rate: Double) throws {
        #expect(try TrainingFile(toml: toml).configuration.phases[0].learningRate == rate)
    }

    @Test func flagsOverrideTheFile() throws {
        var file = try TrainingFile(toml: "learning_rate = 0.5")
        try file.set(flag: "learning_rate=0.25")
        try file.set(flag: "phase1.optimizer=sgd")
        try file.set(flag: "discretization=[\"round\"]")
        #expect(file.configuration.phases[0].learningRate == 0.25)
        #expect(file.configuration.phases[0].optimizer == .sgd)
        #expect(file.configuration.discretization == [.round])
    }

    @Test(arguments: [
        ("learning_rat = 1", "learning_rat", "unknown key"),
        ("learning_rate = \"fast\"", "learning_rate", "expected a number"),
        ("batch_size = 2.5", "batch_size", "expected an integer"),
        ("optimizer = \"adagrad\"", "optimizer", "\"adamw\""),
        ("shape = \"2x2\"", "shape", "2x2x2"),
        ("preset = \"fast\"", "preset", "one of minibatch"),
        ("seed = -1", "seed", "integer ≥ 0"),
        ("phase3_lr = 1", "phase3_lr", "1 phases"),
        ("[[phase]]\nrate = 1", "phase 1, rate", "unknown key"),
        ("phase = 3", "phase", "[[phase]]"), ("Phase = [3]", "Phase", "[[phase]]"),
        ("preset = \"paper\"\nPreset = \"full\"", "Preset", "twice"),
        ("[training]\nlr = 1", "training", "unknown key"),
        ("fresh_data = 1", "fresh_data", "true or false"),
        ("= 3", "line 1", "TOML"),
    ])
    func errorsNameTheKey(text: String, field: String, message: String) {
        do {
            _ = try TrainingFile(toml: text)
            Issue.record("\(text) was accepted")
        } catch let error as InputError {
            #expect(error.field?.contains(field) == true && "\(error)".contains(message), "\(error)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        ("batch_size = 0", "batch_size"), ("shape = \"0x2x2\"", "shape"), ("num_slots = 5", "target_slots"),
        ("fresh_data = false", "train_samples"), ("learning_rate = -1", "learning_rate"), ("beta1 = 1", "beta1"),
        ("shape = \"8x8x8\"\noptimizer = \"lm\"", "optimizer"), ("init_scale = 0", "init_scale"),
        ("shape = \"2x2x3\"\ninit_symmetric = true", "init_symmetric"), ("log_interval = 0", "log_interval"),
        ("steps = 0", "steps"), ("fresh_data = false\ntrain_samples = 8", "batch_size"),
        ("epochs = 9223372036854775807\nfresh_data = false\ntrain_samples = 1000", "epochs"),
        ("rank = 9223372036854775807\npreset = \"paper\"", "target_slots"), ("restarts = -1", "restarts"),
        ("num_slots = 9223372036854775807", "num_slots"), ("rank = -9223372036854775808", "target_slots"),
        ("margin = -0.1", "margin"), ("accuracy_threshold = 0", "accuracy_threshold"),
        ("stop_accuracy = 1.5", "stop_accuracy"), ("stop_after_epochs = -1", "stop_after_epochs"),
        ("lm_damping = 0", "lm_damping"), ("lm_decrease = 0", "lm_decrease"), ("lm_increase = 0.5", "lm_increase"),
        ("lm_continuation = [0.1, -1]", "lm_continuation"), ("lm_stage_steps = 0", "lm_stage_steps"),
        ("lm_stage_gain = -1", "lm_stage_gain"), ("lm_final_steps = -7", "lm_final_steps"),
        ("lm_tolerance = -1e-9", "lm_tolerance"),
    ])
    func impossibleValuesAreRefused(text: String, field: String) throws {
        let file = try TrainingFile(toml: text)
        do {
            try file.validate()
            Issue.record("\(text) was accepted")
        } catch let error as InputError {
            #expect("\(error)".contains(field), "\(error)")
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: InputError.self) { try TrainingFile(path: "/nonexistent/run.toml") }
    }
}
