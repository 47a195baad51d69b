// SPDX-License-Identifier: AGPL-3.0-or-later

/// First parameters of an attempt.
enum Initialization {
    /// - Returns: U, V and W flat, see ``FactorLayout``; the same for the same seed and attempt on every machine.
    static func parameters(_ configuration: TrainingConfiguration, seed: UInt64, attempt: Int) -> [Double] {
        var stream = RandomSource(seed: seed, path: [StreamPurpose.initialization.rawValue, UInt64(attempt)])
        let layout = configuration.layout
        let slots = layout.slots
        // Fans as PyTorch sees its tensors: U and V are slots×width, W is width×slots.
        let u = factor(configuration, rows: slots, width: layout.widthU, &stream)
        let v = factor(configuration, rows: slots, width: layout.widthV, &stream)
        let w = factor(configuration, rows: slots, width: layout.widthW, &stream)
        return u + (configuration.initSymmetric ? u : v) + w
    }

    private static func factor(
        _ configuration: TrainingConfiguration, rows: Int, width: Int, _ stream: inout RandomSource
    ) -> [Double] {
        var values = [Double](repeating: 0, count: rows * width)
        switch configuration.initialization {
        case .normal:
            values.withUnsafeMutableBufferPointer { stream.fillNormal($0, sigma: configuration.initScale) }
        case .xavier:
            let bound = configuration.initScale * (6 / Double(rows + width)).squareRoot()
            for index in values.indices { values[index] = stream.uniform(-bound, bound) }
        }
        return values
    }
}
