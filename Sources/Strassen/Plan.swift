// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// Which code multiplies.
public enum Engine: String, Sendable, CaseIterable, Codable {
    case auto, classical, basic, optimal, turbo, reference
    var c: strassen_engine { strassen_engine(UInt32(Engine.allCases.firstIndex(of: self)!)) }
    init(_ c: strassen_engine) { self = Engine.allCases[Int(c.rawValue)] }
}

/// Instruction sets that micro-kernels exist for.
public enum InstructionSet: String, Sendable, CaseIterable, Codable, Comparable {
    case portable, avx2, avx512
    /// Whether this CPU has it.
    public var isSupported: Bool { strassen_isa_supported(c) != 0 }
    /// The best that this CPU and this build both have.
    public static var best: InstructionSet { InstructionSet(strassen_isa_best()) }
    var c: strassen_isa { strassen_isa(UInt32(InstructionSet.allCases.firstIndex(of: self)!)) }
    init(_ c: strassen_isa) { self = InstructionSet.allCases[Int(c.rawValue)] }
    /// The more capable is the greater.
    public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.c.rawValue < b.c.rawValue }
}

/// A GEMM for the leaves of `basic` and `optimal`; see `strassen_leaf_gemm` in `strassen.h`.
public struct LeafGEMM: @unchecked Sendable {
    /// The C signature.
    public typealias Function = strassen_leaf_gemm
    let function: Function
    let context: UnsafeMutableRawPointer?
    /// - Parameters:
    ///   - function: Called by one thread at a time.
    ///   - context: Handed to every call; must live as long as the plans that use it.
    public init(_ function: @escaping Function, context: UnsafeMutableRawPointer? = nil) {
        self.function = function
        self.context = context
    }
}

/// What the caller asks of the planner; every default leaves the choice to it.
public struct PlanOptions: Sendable {
    public var engine: Engine = .auto
    /// Schemes by level, outermost first; the last repeats. Empty: the planner's own.
    public var schemes: [Scheme] = []
    /// Total levels; `nil`: the planner decides. `fusedLevels` of them, innermost, are fused into packing.
    public var levels: Int?
    public var fusedLevels: Int?
    /// No level splits a block the harmonic mean of whose sides is below it; `nil`: the profile's.
    public var cutoff: Int?
    /// Bytes; `nil`: the default of the engine; 0: fused levels only.
    public var maximumWorkspace: Int?
    /// Prices and block sizes; `nil`: derived from typical caches.
    public var profile: Profile?
    /// `nil`: the best that this CPU has.
    public var instructionSet: InstructionSet?
    /// A micro-kernel by name; `nil`: the profile's, else the best.
    public var kernel: String?
    /// Only schemes and levels that keep 2.2 times the classical error a level.
    public var accurate = false
    /// The plan, and with it every bit, does not depend on the number of threads.
    public var deterministic = false
    /// For ``Engine/basic`` and ``Engine/optimal``; `nil`: our own classical product.
    public var leaf: LeafGEMM?
    /// Everything left to the planner.
    public init() {}
}

/// A decision how to compute C := alpha·A·B + beta·C for one size; reusable, thread-safe.
public final class Plan: @unchecked Sendable {  // immutable once made
    let pointer: OpaquePointer
    /// Of all three matrices.
    public let precision: Precision
    /// C is m×n, A m×k, B k×n.
    public let m, k, n, threads: Int
    /// What the plan will do.
    public let info: PlanInfo

    /// - Parameters:
    ///   - precision: Of all three matrices.
    ///   - m: Rows of A and C.
    ///   - k: Columns of A, rows of B.
    ///   - n: Columns of B and C.
    ///   - threads: 1 to 1024.
    ///   - options: What the planner must not decide itself.
    /// - Throws: ``StrassenError`` for unknown kernels, instruction sets this CPU lacks, schemes that are not.
    public init(
        _ precision: Precision, m: Int, k: Int, n: Int, threads: Int = 1, options: PlanOptions = PlanOptions()
    ) throws {
        (self.precision, self.m, self.k, self.n, self.threads) = (precision, m, k, n, threads)
        var problem = strassen_problem()
        problem.precision = precision.c
        (problem.m, problem.n, problem.k, problem.threads) = (Int64(m), Int64(n), Int64(k), Int32(clamping: threads))
        var pointer: OpaquePointer?
        try options.withC { c in
            try check(strassen_plan_create(&problem, &c, &pointer), "planning \(m)×\(k)×\(n)")
        }
        self.pointer = pointer!
        info = PlanInfo(describing: pointer!)
    }

    deinit { strassen_plan_free(pointer) }

    /// What cutoffs are compared with: the harmonic mean of the sides, 3/(1/m + 1/k + 1/n), rounded down. An m×k×n product gains from a
    /// level about what the square of this side does.
    public static func meanSide(m: Int, k: Int, n: Int) -> Int {
        Int(strassen_mean_side(Int64(m), Int64(k), Int64(n)))
    }

    /// The explicit levels' schedules, one line an operation.
    public var explanation: String {
        get throws { try engineText { strassen_plan_explain(pointer, $0, $1, $2) } }
    }
}

extension PlanOptions {
    /// Calls `body` with the C form; pointers are valid inside only.
    func withC<Result>(_ body: (inout strassen_options) throws -> Result) throws -> Result {
        var c = strassen_options_default()
        guard schemes.count <= Int(STRASSEN_MAX_LEVELS) else {
            throw StrassenError(.argument, "at most \(STRASSEN_MAX_LEVELS) schemes, got \(schemes.count)")
        }
        guard (0...Int(STRASSEN_MAX_LEVELS)).contains(levels ?? 0) else {
            throw StrassenError(.argument, "levels: expected 0 to \(STRASSEN_MAX_LEVELS), got \(levels ?? 0)")
        }
        if let instructionSet, !instructionSet.isSupported {
            throw StrassenError(
                .unsupported, "this CPU does not run \(instructionSet); the best it has is \(InstructionSet.best)")
        }
        c.engine = engine.c
        c.schemes_count = Int32(schemes.count)
        withUnsafeMutableBytes(of: &c.schemes) { raw in
            let slots = raw.bindMemory(to: OpaquePointer?.self)
            for (index, scheme) in schemes.enumerated() { slots[index] = scheme.storage.pointer }
        }
        if let levels { c.levels = Int32(clamping: levels) }
        if let fusedLevels { c.fused_levels = Int32(clamping: fusedLevels) }
        if let cutoff { c.cutoff = Int64(cutoff) }
        if let maximumWorkspace { c.max_workspace = maximumWorkspace }
        if let instructionSet { c.isa = Int32(instructionSet.c.rawValue) }
        c.accurate = accurate ? 1 : 0
        c.deterministic = deterministic ? 1 : 0
        if let leaf { (c.leaf, c.leaf_context) = (leaf.function, leaf.context) }
        return try withExtendedLifetime(schemes) {
            try withOptionalCString(kernel) { kernel in
                c.kernel = kernel
                guard var profile = profile?.c else { return try body(&c) }
                return try withUnsafePointer(to: &profile) { pointer in
                    c.profile = pointer
                    return try body(&c)
                }
            }
        }
    }
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) throws -> Result) rethrows
    -> Result
{
    guard let text else { return try body(nil) }
    return try text.withCString(body)
}
