// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("Expansion to larger matrices") struct ExpansionTests {
    @Test func everyLevelIsDrivenByTheCoefficients() throws {
        let table = ExpansionTable(try .builtin("strassen"))
        #expect(table.rows.map(\.n) == [2, 4, 8, 16, 32, 64] && table.rows.map(\.products).last == 117_649)
        #expect(table.succeeds && table.rows.allSatisfy { $0.float64Error < 1e-13 && $0.trainedError == nil })
        // One wrong coefficient shows at every size: no level falls back on the definition.
        let strassen = try Scheme.builtin("strassen")
        var u = strassen.rows(of: .u)
        u[0][0] = Rational(2)
        let wrong = try Scheme(
            name: "wrong", m: 2, k: 2, n: 2, u: u, v: strassen.rows(of: .v), w: strassen.rows(of: .w))
        let broken = ExpansionTable(wrong)
        #expect(!broken.succeeds && broken.rows.allSatisfy { $0.exact == false && $0.float64Error > 0.01 })
    }

    @Test(arguments: [("3x3x3-23", [3, 9, 27]), ("4x2x4-26", [4, 16, 64]), ("accurate", [2, 4, 8, 16, 32, 64])])
    func otherShapesAndFractions(name: String, sides: [Int]) throws {
        let table = ExpansionTable(try .builtin(name))
        #expect(table.rows.map(\.m) == sides)
        #expect(table.rows.allSatisfy { $0.exact != false && $0.float64Error < 1e-12 })
    }

    @Test func trainedFactorsStandBesideTheirScheme() throws {
        let model = try BilinearModel(contentsOf: Fixture.url("checkpoints/strassen_discovered.pt").path)
        let table = ExpansionTable(try model.discretized(.gauge).scheme, model: model)
        #expect(table.succeeds)
        // As trained the error is that of the training, 10⁻⁴, and grows; rounded it is that of the arithmetic.
        let trained = table.rows.compactMap(\.trainedError)
        #expect(trained.count == 6 && trained.allSatisfy { $0 > 1e-5 && $0 < 0.1 })
    }
}
