// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite("Flip graph") struct FlipGraphTests {
    @Test(arguments: ["1x1x1", "2x2x2", "2x3x4", "3x3x3", "8x8x8", "1x5x7", "64x1x1"])
    func standardSchemeIsExact(text: String) throws {
        let shape = try SearchShape(text)
        let scheme = BinaryScheme.standard(shape)
        #expect(scheme.isExact && scheme.rank == shape.standardRank)
        var graph = FlipGraph(capacity: scheme.rank)
        graph.load(scheme.products)
        #expect(BinaryScheme(shape: shape, products: graph.products).isExact)
    }

    @Test(arguments: [
        "", "3", "3x3", "3x3x3x3", "0x2x2", "-1x2x2", "9x8x1", "axbxc", "3x3x", "99999999999999999999x1x1",
    ])
    func otherShapesAreRefused(text: String) {
        #expect(throws: SearchError.shape(text)) { try SearchShape(text) }
    }

    @Test(arguments: ["2x2x2", "2x3x3", "3x3x3", "2x3x4"])
    func everyWalkStaysExact(text: String) throws {
        let shape = try SearchShape(text)
        var graph = FlipGraph(capacity: shape.standardRank + 4)
        var random = RandomSource(seed: 7)
        graph.load(BinaryScheme.standard(shape).products)
        var lowest = graph.rank
        for _ in 0..<200 {
            let done = graph.walk(limit: 9_973, random: &random)
            #expect(done <= 9_973)
            #expect(BinaryScheme(shape: shape, products: graph.products).isExact)
            lowest = min(lowest, graph.rank)
            if graph.rank < shape.standardRank || graph.sharedNodes == 0 { _ = graph.plus(random: &random) }
            #expect(BinaryScheme(shape: shape, products: graph.products).isExact)
        }
        #expect(lowest < shape.standardRank)
    }

    /// The index must list exactly the factors that occur twice, whatever the order of the changes.
    @Test func indexCountsSharedFactors() throws {
        let shape = SearchShape(3, 3, 3)
        var graph = FlipGraph(capacity: 40)
        var random = RandomSource(seed: 3)
        graph.load(BinaryScheme.standard(shape).products)
        for _ in 0..<300 {
            _ = graph.walk(limit: 50, random: &random)
            if random.below(4) == 0 { _ = graph.plus(random: &random) }
            let shared = (0..<3).reduce(0) { sum, slot in
                let values = graph.products.map { $0[slot] }
                return sum + values.count { value in values.count { $0 == value } > 1 }
            }
            #expect(graph.sharedNodes == shared)
        }
    }

    @Test func mergesWhatSharesTwoFactors() {
        var graph = FlipGraph(capacity: 4)
        graph.load([.init(u: 1, v: 1, w: 1), .init(u: 1, v: 1, w: 2), .init(u: 1, v: 2, w: 3), .init(u: 1, v: 0, w: 1)])
        #expect(graph.products == [.init(u: 1, v: 3, w: 3)])
        graph.load([.init(u: 1, v: 1, w: 1), .init(u: 1, v: 1, w: 1)])
        #expect(graph.rank == 0)
    }

    @Test func shapesExtendAndProject() throws {
        let small = SearchShape(2, 3, 2)
        let large = SearchShape(3, 3, 4)
        let extended = BinaryScheme.standard(small).extended(to: large)
        #expect(extended.isExact && extended.rank == 36)
        #expect(extended.projected(to: small).isExact)
        #expect(BinaryScheme(shape: small, products: BinaryScheme.standard(small).products).fitted(to: large).isExact)
    }
}
