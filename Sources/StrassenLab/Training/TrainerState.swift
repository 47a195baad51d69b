// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Float64 numbers that survive JSON to the last bit, NaN and infinity included: base64 of little-endian words.
struct ExactNumbers: Codable, Equatable, Sendable {
    var values: [Double]

    init(_ values: [Double]) { self.values = values }

    init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let data = Data(base64Encoded: try container.decode(String.self)), data.count % 8 == 0 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected base64 of float64 numbers")
        }
        values = stride(from: data.startIndex, to: data.endIndex, by: 8).map { start in
            let word = data[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Double(bitPattern: word)
        }
    }

    func encode(to encoder: Encoder) throws {
        var data = Data(capacity: values.count * 8)
        for value in values {
            for shift in stride(from: 0, to: 64, by: 8) {
                data.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
            }
        }
        var container = encoder.singleValueContainer()
        try container.encode(data.base64EncodedString())
    }
}

/// Where one attempt of a run stands; with the configuration and the seed it determines everything that follows.
struct TrainerState: Codable, Equatable, Sendable {
    var attempt: Int
    var phase: Int
    var step: Int
    var parameters: ExactNumbers
    var firstMoment: ExactNumbers
    var secondMoment: ExactNumbers
    var optimizerSteps: Int
    var freshStream: [UInt64]
    var pruned: [Int]
    var epochAccuracy: Double
    var levenbergMarquardt: LevenbergMarquardt.State?

    /// The first field that cannot belong to this configuration (the state may come from a damaged or foreign file),
    /// or that would lead to numbers too large to count with; nil when there is none.
    func misfit(_ configuration: TrainingConfiguration) -> String? {
        let counts = 0...TrainingConfiguration.largestCount
        let isNumbers = { (list: ExactNumbers) in list.values.count == configuration.layout.count }
        let checks = [
            ("attempt", (0...configuration.restarts).contains(attempt)),
            ("phase", (0...configuration.phases.count).contains(phase)),
            ("step", counts.contains(step)), ("optimizerSteps", counts.contains(optimizerSteps)),
            ("parameters", isNumbers(parameters)), ("firstMoment", isNumbers(firstMoment)),
            ("secondMoment", isNumbers(secondMoment)), ("freshStream", RandomSource(state: freshStream) != nil),
            ("pruned", Set(pruned).isSubset(of: 0..<configuration.slots) && Set(pruned).count == pruned.count),
            ("epochAccuracy", epochAccuracy.isFinite),
            ("levenbergMarquardt.stage", counts.contains(levenbergMarquardt?.stage ?? 0)),
            ("levenbergMarquardt.stepInStage", counts.contains(levenbergMarquardt?.stepInStage ?? 0)),
            ("levenbergMarquardt.damping", levenbergMarquardt?.damping.isFinite ?? true),
        ]
        return checks.first { !$0.1 }?.0
    }
}
