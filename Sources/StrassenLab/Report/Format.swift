// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How numbers are written for people: the same everywhere.
public enum Format {
    /// Fixed decimals; `"–"` for what is not a finite number.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "–"
    }

    public static func fixed(_ value: Double?, _ decimals: Int) -> String {
        value.map { fixed($0, decimals) } ?? "–"
    }

    /// `"1.2–3.4"`, or one number where both are written alike.
    static func range(_ least: Double, _ most: Double, _ decimals: Int) -> String {
        let ends = [least, most].map { fixed($0, decimals) }
        return ends[0] == ends[1] ? ends[0] : ends.joined(separator: "–")
    }

    /// `"1.23 s"`, `"45.6 ms"`, `"789 µs"`, `"12 ns"`, three significant digits.
    public static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let units: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
        let (scale, unit) = units.first { abs(value) >= $0.0 } ?? units[3]
        return "\(significant(value / scale)) \(unit)"
    }

    /// `"1.50 GiB"`, `"32 KiB"`, `"0 B"`.
    public static func bytes(_ value: Int) -> String {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        guard let (scale, unit) = units.first(where: { value >= $0.0 }) else { return "\(value) B" }
        let scaled = Double(value) / Double(scale)
        return "\(value % scale == 0 ? String(value / scale) : significant(scaled)) \(unit)"
    }

    /// Three significant digits without an exponent for 1 ≤ |value| < 1000.
    public static func significant(_ value: Double) -> String {
        let size = abs(value)
        return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2)
    }

    /// Three significant digits, with an exponent outside 0.01 ≤ |value| < 1000: losses, margins.
    public static func compact(_ value: Double) -> String {
        if value == 0 || !value.isFinite { return value == 0 ? "0" : "\(value)" }
        return abs(value) >= 0.01 && abs(value) < 1000 ? fixed(value, 3) : String(format: "%.1e", value)
    }

    /// `"12 %"`, `"99.3 %"` from a ratio; one decimal from 10 % down and from 90 % up.
    public static func percent(_ ratio: Double) -> String {
        let value = 100 * ratio
        return fixed(value, value < 10 || value >= 90 ? 1 : 0) + " %"
    }

    /// `"4096"` for a cube, `"4096×512×4096"` (m×k×n) otherwise.
    public static func shape(_ m: Int, _ k: Int, _ n: Int) -> String { m == k && k == n ? "\(n)" : "\(m)×\(k)×\(n)" }
}
