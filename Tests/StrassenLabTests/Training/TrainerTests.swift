// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite struct TrainerTests {
    /// A short form of every preset, so that each code path runs.
    private func short(_ preset: TrainingPreset) -> TrainingConfiguration {
        var configuration = preset.configuration
        configuration.trainSamples = configuration.trainSamples.map { min($0, 70) }
        configuration.testSamples = 16
        for index in configuration.phases.indices {
            configuration.phases[index].batchSize = 20
            configuration.phases[index].pruneSteps = 7
            configuration.phases[index].restartPeriod = 5
            if configuration.phases[index].steps != nil { configuration.phases[index].steps = 23 }
            if configuration.phases[index].epochs != nil { configuration.phases[index].epochs = 6 }
        }
        return configuration
    }

    @Test(arguments: TrainingPreset.allCases)
    func stoppingAnywhereChangesNothing(preset: TrainingPreset) throws {
        let configuration = short(preset)
        let straight = Trainer(configuration: configuration, seed: 5, attempt: 0)
        while !straight.isFinished { straight.advance(limit: 1000) }
        var broken = Trainer(configuration: configuration, seed: 5, attempt: 0)
        while !broken.isFinished {
            broken.advance(limit: 3)
            let data = try JSONEncoder().encode(broken.state)
            let state = try JSONDecoder().decode(TrainerState.self, from: data)
            #expect(state == broken.state && state.misfit(configuration) == nil)
            broken = Trainer(configuration: configuration, seed: 5, state: state)
        }
        #expect(straight.parameters.values == broken.parameters.values)
        #expect(straight.pruned == broken.pruned)
    }

    @Test(arguments: [TrainingPreset.paper, .blocks4, .pairs2, .pure])
    func pruningLeavesTheTargetRank(preset: TrainingPreset) {
        let trainer = Trainer(configuration: short(preset), seed: 1, attempt: 0)
        while !trainer.isFinished { trainer.advance(limit: 1000) }
        #expect(trainer.activeSlots == 7)
        #expect(trainer.model.importance.filter { $0 == 0 }.count == 1)
    }

    @Test func startsFollowTheirDefinition() {
        let symmetric = TrainingConfiguration { ($0.slots, $0.initSymmetric) = (8, true) }
        let start = Initialization.parameters(symmetric, seed: 1, attempt: 0)
        #expect(Array(start[0..<32]) == Array(start[32..<64]) && Array(start[0..<32]) != Array(start[64..<96]))
        #expect(start != Initialization.parameters(symmetric, seed: 1, attempt: 1))
        #expect(start != Initialization.parameters(symmetric, seed: 2, attempt: 0))
        let xavier = TrainingConfiguration { ($0.initialization, $0.initScale) = (.xavier, 0.1) }
        let bound = 0.1 * (6.0 / 11).squareRoot()
        #expect(Initialization.parameters(xavier, seed: 1, attempt: 0).allSatisfy { abs($0) <= bound })
    }

    @Test func divergenceEndsTheAttempt() {
        let configuration = TrainingConfiguration {
            $0.phases = [TrainingPhase { ($0.optimizer, $0.learningRate, $0.steps) = (.sgd, 1e6, 100_000) }]
        }
        let trainer = Trainer(configuration: configuration, seed: 1, attempt: 0)
        trainer.advance(limit: 5000)
        trainer.advance(limit: 5000)
        #expect(trainer.isFinished && !trainer.model.isFinite)
    }

    @Test func fixedDataVisitsEverySampleOnceAnEpoch() {
        var configuration = short(.sgd7)
        configuration.phases[0].batchSize = 20
        let source = SampleSource(configuration: configuration, seed: 3, attempt: 0)
        var seen: [Double] = []
        for step in 0..<4 {
            let size = source.batchSize(at: step, of: configuration.phases[0])
            #expect(size == (step == 3 ? 10 : 20))
            let kernel = BatchKernel(layout: configuration.layout, batch: size)
            source.fill(kernel, phaseIndex: 0, step: step)
            seen += (0..<size).map { kernel.a.scalars[$0] }
        }
        #expect(Set(seen).count == 70)
    }

    @Test func covarianceOfGradientsLosesTheGaugeDirections() {
        // At a generic point: 84 parameters − 23 symmetries of ⟨2,2,2;7⟩ (14 scalings, 9 of GL₂³ modulo scalars).
        let trainer = Trainer(configuration: TrainingConfiguration(), seed: 1, attempt: 0)
        var random = RandomSource(seed: 2)
        let spectrum = GradientSpectrum(model: trainer.model, gradients: 500, random: &random)
        #expect(spectrum.eigenvalues.count == 84 && spectrum.eigenvalues == spectrum.eigenvalues.sorted())
        let range = spectrum.conditionOnRange()
        #expect(range.rank <= 70 && range.rank > 40 && range.kappa >= 1)
        #expect(spectrum.literalCondition <= 1e6)
    }

    @Test func kappaIsThatOfTheBlocks() {
        let kappas = [1, 2].map { block in
            let configuration = TrainingConfiguration {
                ($0.blockSize, $0.distribution, $0.testSamples) = (block, .uniform, 4)
            }
            let trainer = Trainer(configuration: configuration, seed: 1, attempt: 0)
            return TrainingEvaluator(configuration: configuration, seed: 1).measure(trainer, spectrum: true).kappa ?? 0
        }
        // The same parameters, but gradients of larger products.
        #expect(kappas.allSatisfy { $0 >= 1 } && kappas[0] != kappas[1])
    }
}
