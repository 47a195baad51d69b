// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import Foundation
import StrassenLab

struct MultiplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "multiply", abstract: "Multiplies two matrices in .npy files.",
        discussion: "float32 files give float32, everything else float64; --precision says otherwise.")

    @Argument(help: "Left matrix, .npy.")
    var a: String
    @Argument(help: "Right matrix, .npy.")
    var b: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where the product goes, .npy.", valueName: "file"))
    var output: String

    @Option(help: "auto, classical, basic, optimal, turbo or reference.")
    var engine = Engine.auto
    @OptionGroup var scheme: SchemeListOption
    @Option(help: "Levels of recursion; default: the planner's choice.")
    var levels: Int?
    @Option(help: "Micro-kernel by name; see `strassen machine`.")
    var kernel: String?
    @Option(help: "portable, avx2 or avx512; default: the best.")
    var isa: InstructionSet?
    @Option(help: "A number from 1 to 1024, or all that this process may use.")
    var threads = Suite.ThreadCount.all
    @Option(help: "float32 or float64.")
    var precision: Precision?
    @Option(
        help: ArgumentHelp("Most bytes of the temporaries of turbo and auto, beside packed panels.", valueName: "bytes")
    )
    var workspace: Int?
    @Flag(help: "Only schemes and levels that lose little accuracy.")
    var accurate = false
    @Flag(help: "The same bits whatever the number of threads.")
    var deterministic = false
    @Flag(help: "Multiply A transposed.")
    var transposeA = false
    @Flag(help: "Multiply by B transposed.")
    var transposeB = false
    @Flag(help: "Take matrices that hold NaN or infinities.")
    var allowNonfinite = false
    @Flag(help: "Check the product in double-double on some rows; ends with 1 when it is wrong.")
    var check = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let levels, levels < 0 { throw ValidationError("--levels must be at least 0") }
        try scheme.check(levels: levels)
        if check && allowNonfinite {
            throw ValidationError("--check compares finite numbers; leave out --allow-nonfinite")
        }
        if accurate && scheme.text != nil {
            throw ValidationError("--accurate chooses among the planner's own schemes; leave out --scheme")
        }
        if let workspace, workspace < 0 { throw ValidationError("--workspace must be at least 0") }
        try requireEffects()
        guard ![.classical, .reference].contains(engine) || (scheme.text == nil && levels ?? 0 == 0) else {
            throw ValidationError("--engine \(engine.rawValue) takes no --scheme and no --levels")
        }
    }

    /// Refuses a limit or a choice of kernels that the engine would ignore.
    private func requireEffects() throws {
        let given = [("workspace", workspace != nil), ("kernel", kernel != nil), ("isa", isa != nil)]
        let effective = ContenderSpec.settings(of: .engine(engine))
        for (key, isGiven) in given where isGiven && !effective.contains(key) {
            throw ValidationError("--\(key) does nothing with --engine \(engine.rawValue)")
        }
    }

    func run() throws {
        try OutputFile.check(output)
        if json && OutputFile.isStandardOutput(output) {
            throw Failure(.usage, "--json and the product cannot both go to stdout", advice: "name a file by -o")
        }
        let layouts = try (NumPyFile.matrixLayout(path: a), NumPyFile.matrixLayout(path: b))
        let (left, right) = (transposed(layouts.0, transposeA), transposed(layouts.1, transposeB))
        guard left.columns == right.rows else {
            throw InputError(
                "\(right.rows) rows\(transposeB ? " once transposed" : ""), expected \(left.columns): as many as \(a) has columns\(transposeA ? " once transposed" : "")",
                field: "shape", advice: "check --transpose-a and --transpose-b, or choose other files",
                file: b)
        }
        let isSingle = layouts.0.type == .float32 && layouts.1.type == .float32
        switch precision ?? (isSingle ? .float32 : .float64) {
        case .float32: try multiply(Float.self)
        case .float64: try multiply(Double.self)
        }
    }

    private func transposed(
        _ layout: (rows: Int, columns: Int, type: ElementType), _ isTransposed: Bool
    ) -> (rows: Int, columns: Int) {
        isTransposed ? (layout.columns, layout.rows) : (layout.rows, layout.columns)
    }

    private func multiply<Element: MatrixElement>(_: Element.Type) throws {
        let (storedA, storedB): (Matrix<Element>, Matrix<Element>) = try (read(a), read(b))
        let left = transposeA ? storedA.view.transposed : storedA.view
        let right = transposeB ? storedB.view.transposed : storedB.view
        let count = threads.count
        if let kernel { _ = try Kernel.named(kernel, Element.precision, atMost: isa) }
        let plan = try Plan(
            Element.precision, m: left.rows, k: left.columns, n: right.columns, threads: count, options: options())
        if scheme.text != nil && levels == nil && plan.info.levels == 0 {
            Console.note("the scheme is not used: \(plan.info.reason); --levels 1 uses it")
        }
        let c = try Matrix<Element>(rows: left.rows, columns: right.columns)
        let (pool, workspace) = try (ThreadPool(threads: count), Workspace(bytes: plan.info.workspaceBytes))
        let time = try Stopwatch.system.measure {
            try plan.run(left, right, into: c.view, pool: pool, workspace: workspace)
        }
        let error = try check ? checkProduct(left, right, c.view, rows: 64) : nil
        if let error, !(error.ratio < BenchmarkError.largestRatio) {
            throw Failure(
                .failed, "the product is wrong: largest error \(error.maximum); nothing is written",
                advice: "this is a bug: please report it with `strassen machine`")
        }
        try NumPyFile.write(c, to: output)
        try print(MultiplyResult(plan: plan, seconds: time.wall, error: error, output: output))
    }

    private func read<Element: MatrixElement>(_ path: String) throws -> Matrix<Element> {
        let matrix = try NumPyFile.readMatrix(path: path, as: Element.self)
        if !allowNonfinite, let place = matrix.firstNonFinite {
            throw InputError(
                "element (\(place.row), \(place.column)) is \(matrix[place.row, place.column]), expected a finite number",
                advice:
                    "clean the matrix, or give --allow-nonfinite (then use --engine classical for IEEE's pattern of NaNs)",
                file: path)
        }
        return matrix
    }

    private func options() throws -> PlanOptions {
        var options = PlanOptions()
        options.engine = engine
        options.schemes = try scheme.schemes()
        (options.levels, options.maximumWorkspace) = (levels, workspace)
        (options.kernel, options.instructionSet) = (kernel, isa)
        (options.accurate, options.deterministic) = (accurate, deterministic)
        options.profile = try BenchmarkEnvironment.current(warn: Console.warn).profile
        return options
    }

    private func print(_ result: MultiplyResult) throws {
        if json { return try JSON.print(result) }
        let scheme =
            result.levels > 0 ? " \(result.scheme), \(result.levels) level\(result.levels == 1 ? "" : "s")," : ""
        let error = result.maxErrorRatio.map { ", error \(Format.compact($0)) max|A| max|B| k u" } ?? ""
        let summary =
            "\(result.output): \(result.m)×\(result.n) \(result.precision.rawValue) by \(result.engine.rawValue),\(scheme) "
            + "\(result.threads) threads, \(Format.seconds(result.seconds)), \(Format.fixed(result.gflops, 1)) GFLOP/s\(error)"
        if OutputFile.isStandardOutput(output) { return Console.note(summary) }
        try Console.write(summary + "\n")
    }
}

/// What `multiply --json` prints.
private struct MultiplyResult: Encodable {
    let m, k, n: Int
    let precision: Precision
    let threads: Int
    let engine: Engine
    let scheme: String
    let levels: Int
    let kernel: String
    let seconds, gflops: Double
    let workspaceBytes: Int
    let reason: String
    let maxError, maxErrorRatio: Double?
    let output: String

    init(plan: Plan, seconds: Double, error: ProductError?, output: String) {
        let info = plan.info
        (m, k, n, precision, threads) = (plan.m, plan.k, plan.n, plan.precision, plan.threads)
        (engine, scheme, levels, kernel, reason) = (info.engine, info.scheme, info.levels, info.kernel, info.reason)
        self.seconds = seconds
        gflops = seconds > 0 ? 2 * Double(plan.m) * Double(plan.k) * Double(plan.n) / seconds / 1e9 : 0
        workspaceBytes = info.workspaceBytes
        (maxError, maxErrorRatio, self.output) = (error?.maximum, error?.ratio, output)
    }
}
