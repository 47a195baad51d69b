// SPDX-License-Identifier: AGPL-3.0-or-later

/// Success rates and times of a sweep.
public struct LearningSummary: Sendable {
    /// Proved within the restart budget.
    public let proved: Proportion
    /// Proved in the first attempt.
    public let oneShot: Proportion
    /// Attempts after the first, over all seeds.
    public let restarts: Int
    /// Core seconds of a run, restarts included; nil without a run.
    public let cpuSeconds: Sample?

    public init(_ results: [LearnedScheme]) {
        proved = Proportion(results.count { $0.scheme != nil }, of: results.count)
        oneShot = Proportion(results.count { $0.isOneShot }, of: results.count)
        restarts = results.reduce(0) { $0 + $1.restarts }
        cpuSeconds = results.isEmpty ? nil : Sample(results.map(\.cpuSeconds))
    }
}
