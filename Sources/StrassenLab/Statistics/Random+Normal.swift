// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension RandomSource {
    /// One standard normal number (wasteful: see ``fillNormal(_:sigma:)``).
    public mutating func normal() -> Double { normalPair().0 }

    /// Fills a buffer with independent N(0, sigma²); a stream filled twice gives twice the same numbers.
    public mutating func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>, sigma: Double = 1) {
        var index = 0
        while index + 1 < buffer.count {
            let (x, y) = normalPair()
            buffer[index] = sigma * x
            buffer[index + 1] = sigma * y
            index += 2
        }
        if index < buffer.count { buffer[index] = sigma * normalPair().0 }
    }

    /// Two independent standard normal numbers by the polar method.
    ///
    /// - Source: Marsaglia, Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964).
    @inline(__always)
    mutating func normalPair() -> (Double, Double) {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            if square < 1 && square > 0 {
                let scale = (-2 * log(square) / square).squareRoot()
                return (x * scale, y * scale)
            }
        }
    }
}
