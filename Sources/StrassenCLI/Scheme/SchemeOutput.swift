// SPDX-License-Identifier: AGPL-3.0-or-later
import ArgumentParser
import StrassenLab

/// Where a resulting scheme goes.
struct SchemeOutput: ParsableArguments {
    @Option(name: .shortAndLong, help: "File, its format by its name; without it the .scheme text goes to stdout.")
    var output: String?
    @Option(help: "Name of the result, 1 to 63 characters of [A-Za-z0-9_.+-].") var name: String?

    /// The file and its format; `nil`: stdout. To be asked for before the work.
    ///
    /// - Throws: As ``SchemeFormat/init(output:)``.
    func target() throws -> Target? { try output.map { Target(path: $0, format: try SchemeFormat(output: $0)) } }

    /// A file that can be written, as far as one can tell.
    struct Target {
        let path: String
        let format: SchemeFormat

        func write(_ scheme: Scheme) throws { try SchemeFile.write(scheme, to: path, format: format) }
    }
}

extension SchemeFormat {
    /// The format of a file that a computation will end in; known before it begins, so that a mistake costs no time.
    ///
    /// - Throws: ``Failure`` when the name does not say, or when the file could not be written.
    init(output path: String) throws {
        guard let format = SchemeFormat(path: path) else {
            throw Failure(
                .usage, "--output \(path): the format is not known from the name",
                advice: "end it in one of \(SchemeFormat.allCases.map(\.ending).joined(separator: " "))")
        }
        try OutputFile.check(path)
        self = format
    }
}
