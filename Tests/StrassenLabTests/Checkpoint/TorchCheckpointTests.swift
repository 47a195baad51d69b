// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

/// Facts of the paper's checkpoints (Fixtures/checkpoints) and of files that PyTorch 1.13 wrote (Fixtures/torch/make.py).
@Suite("PyTorch checkpoints") struct TorchCheckpointTests {
    private func model(_ path: String) throws -> BilinearModel { try BilinearModel(contentsOf: Fixture.url(path).path) }

    private func refusal(_ path: String) -> String {
        do { return "read: \(try model(path).shape)" } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("discrete_final", 7, 0.0, 0.0), ("exact", 7, 0, 0), ("grokked_weights", 7, 0, 0),
        ("grokkit", 8, 0.500, 2.0e-8),
        ("result", 8, 0.705, 1.8e-6), ("discovered", 8, 0.495, 8.9e-5), ("robust", 8, 0.151, 1.0),
    ]) func thePapersCheckpoints(name: String, slots: Int, delta: Double, residual: Double) throws {
        let model = try model("checkpoints/strassen_\(name).pt")
        #expect(model.shape == "⟨2,2,2;\(slots)⟩")
        #expect(abs(model.delta - delta) < 6e-4 && abs(model.tensorResidual - residual) <= 0.05 * residual)
        #expect((model.mask != nil) == (name == "discovered"))
        // The collapsed one is the only one without seven slots that do anything alike.
        #expect(model.liveSlots.count == 7)
    }

    @Test func whatACheckpointSaysOfItself() throws {
        let exact = try model("checkpoints/strassen_exact.pt")
        #expect(exact.metadata["rank"] == "7" && exact.metadata["discrete_values"] == "[-1, 0, 1]")
        #expect(exact.metadata["verified"] == "true")
        #expect(try model("checkpoints/strassen_result.pt").metadata["active"] == "[7, 6, 2, 1, 3, 0, 4]")
        let discovered = try model("checkpoints/strassen_discovered.pt")
        #expect(discovered.mask == [1, 1, 1, 1, 1, 1, 0, 1] && discovered.metadata["test_accuracy"] == "1.0")
        #expect(discovered.importance[6] == 0 && discovered.keeping([6]).u.contains { $0 != 0 })
    }

    @Test(arguments: [
        "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "parameters", "views", "arrays",
        "state_dict",
    ]) func everyStorageAndLayout(name: String) throws {
        let model = try model("torch/\(name).pt")
        let strassen = try Scheme.builtin("strassen")
        let factors = Scheme.Factor.allCases.map { strassen.rows(of: $0).joined().map(\.doubleValue) }
        #expect(model.u == factors[0] && model.v == factors[1] && model.w == factors[2] && model.mask == nil)
    }

    @Test func masksArraysAndScalars() throws {
        let model = try model("torch/masked.pt")
        #expect(model.rank == 8 && model.mask == [1, 1, 1, 1, 1, 1, 1, 0] && model.liveSlots == Array(0..<7))
        #expect(model.metadata == ["loss": "0.25", "note": "masked", "active": "[6, 5, 4]", "done": "true"])
        #expect(try model.discretized(.round).slots == Array(0..<7))
    }

    @Test(arguments: [
        ("legacy", "before version 1.6"), ("module", "__main__.Network, which is refused"),
        ("torchscript", "TorchScript archive"),
    ]) func otherFilesOfPyTorchAreNamed(name: String, phrase: String) {
        let text = refusal("torch/\(name).pt")
        #expect(text.contains(phrase) && text.contains("torch.save"), "\(text)")
    }
}
