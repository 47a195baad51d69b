// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Everything `strassen machine` says.
public struct MachineReport: Sendable, Codable {
    /// A measured FMA peak.
    public struct Peak: Sendable, Codable {
        public let precision: Precision
        public let instructionSet: InstructionSet
        public let threads: Int
        public let gflops: Double
    }
    /// A micro-kernel of this CPU and what it reaches in the nearest caches on one thread.
    public struct KernelRate: Sendable, Codable {
        public let name: String
        public let gflops: Double
    }
    /// The profile that plans are made with here.
    public struct ActiveProfile: Sendable, Codable {
        /// `nil`: derived from the caches, not tuned.
        public let file: String?
        public let created: String?
        public let blocking: [String: Blocking]
        public let tunings: [Tuning]
        /// Why another profile was not used.
        public let warning: String?
    }

    public let machine: MachineInfo
    public let allowance: Allowance
    public let numa: [Topology.Node]
    public let clock: ProcessorClock
    public let counters: CounterAvailability
    public let profile: ActiveProfile
    /// Empty when nothing was to be measured.
    public let peaks: [Peak]
    public let kernels: [KernelRate]
    public let bandwidth: [Bandwidth]

    /// - Parameters:
    ///   - measuring: Peaks and bandwidths too, about five seconds.
    ///   - progress: Hears what is being done.
    public static func make(measuring: Bool, progress: (String) -> Void = { _ in }) throws -> MachineReport {
        let topology = try Topology()
        let allowance = Allowance()
        let machine = MachineInfo(topology: topology, allowance: allowance, openblas: .linked)
        let counts = Set([1, allowance.threads]).sorted()
        progress("looking for counters")
        let counters = CounterAvailability.probe()
        var (peaks, kernels, bandwidth) = ([Peak](), [KernelRate](), [Bandwidth]())
        if measuring {
            for set in machine.isas {
                for precision in Precision.allCases {
                    progress("measuring the \(precision.rawValue) peak of \(set.rawValue)")
                    for threads in counts {
                        let gflops = try PeakMeter.measure(precision: precision, threads: threads, instructionSet: set)
                        peaks.append(Peak(precision: precision, instructionSet: set, threads: threads, gflops: gflops))
                    }
                }
            }
            for kernel in Kernel.all where kernel.isSupported {
                progress("measuring \(kernel.name)")
                kernels.append(KernelRate(name: kernel.name, gflops: try PeakMeter.measure(kernel: kernel, threads: 1)))
            }
            for threads in counts {
                progress("measuring the bandwidth of \(threads) threads")
                bandwidth += try BandwidthMeter.measure(topology: topology, threads: threads, memory: machine.memory)
            }
        }
        return MachineReport(
            machine: machine, allowance: allowance, numa: topology.nodes, clock: ProcessorClock(measuring: measuring),
            counters: counters, profile: ActiveProfile(topology), peaks: peaks, kernels: kernels, bandwidth: bandwidth)
    }
}

extension MachineReport.ActiveProfile {
    init(_ topology: Topology, store: ProfileStore = ProfileStore()) {
        let (found, warning) = store.find(Fingerprint(topology))
        let profile = found?.profile ?? Profile(derivedFrom: topology)
        self.init(
            file: found?.url.path, created: found.map(\.profile.created),
            blocking: Dictionary(uniqueKeysWithValues: Precision.allCases.map { ($0.rawValue, profile.blocking($0)) }),
            tunings: profile.tunings, warning: warning)
    }
}

/// A topology and the block sizes that the analytical model derives from it, by precision.
public struct DerivedTopology: Sendable, Codable {
    public let topology: Topology
    public let blocking: [String: Blocking]

    public init(_ topology: Topology) {
        self.topology = topology
        let profile = Profile(derivedFrom: topology)
        blocking = Dictionary(uniqueKeysWithValues: Precision.allCases.map { ($0.rawValue, profile.blocking($0)) })
    }
}
