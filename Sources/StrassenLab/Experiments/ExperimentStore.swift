// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// Results of trials, one JSON object a line, appended as they come: a second start goes on where the first stopped.
///
/// A last line that a crash cut off is dropped when the file is opened. Lines of other experiments and revisions are kept.
/// Several processes may add to one file: each line is written, and the file opened, under a lock of the file.
public final class ExperimentStore: Sendable {
    public let path: String
    private let state: Mutex<State>
    /// How every line begins: keys are sorted.
    private static let lineStart = Array("{\"experiment\":".utf8)

    private struct State {
        var records: [String: ExperimentRecord] = [:]
        var descriptor: Int32
    }

    /// Opens or makes the file.
    ///
    /// - Throws: ``FileSystemError``; ``InputError`` for a file that is not a store, which stays as it is.
    public init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o666)
        guard descriptor >= 0 else { throw Self.failure(.create, path) }
        do {
            let records = try FileLock.hold(URL(fileURLWithPath: path)) { try Self.load(path, descriptor) }
            state = Mutex(State(records: records, descriptor: descriptor))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Reads the file's records, and cuts off a last line that is not complete.
    private static func load(_ path: String, _ descriptor: Int32) throws -> [String: ExperimentRecord] {
        guard lseek(descriptor, 0, SEEK_END) > 0 else { return [:] }
        let bytes = try FileInput.contents(of: path)
        let complete = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lines = bytes[..<complete].split(separator: 0x0A)
        var records: [String: ExperimentRecord] = [:]
        for (index, line) in lines.enumerated() {
            guard let record = try? decoder.decode(ExperimentRecord.self, from: Data(line)) else {
                throw notAResult(line: index + 1, path)
            }
            records[key(record)] = record
        }
        guard complete < bytes.count else { return records }
        guard !records.isEmpty || bytes[complete...].starts(with: lineStart) else {
            throw notAResult(line: lines.count + 1, path)
        }
        guard ftruncate(descriptor, off_t(complete)) == 0 else { throw failure(.write, path) }
        return records
    }

    private static func notAResult(line: Int, _ path: String) -> InputError {
        InputError(
            "not the result of a trial", field: "line \(line)",
            advice: "Expected one JSON object a line, as `strassen experiment run` writes them.", file: path)
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    func record(of trial: Trial, in experiment: Experiment) -> ExperimentRecord? {
        let key = Self.key(experiment.name, experiment.revision, trial.labels)
        return state.withLock { $0.records[key] }
    }

    /// Appends one line; where that fails, the file stays as it was.
    func add(_ record: ExperimentRecord) throws {
        var line = try Self.encoder.encode(record)
        line.append(0x0A)
        try state.withLock { state in
            state.records[Self.key(record)] = record
            try FileLock.hold(URL(fileURLWithPath: path)) { try append(line, to: state.descriptor) }
        }
    }

    private func append(_ line: Data, to descriptor: Int32) throws {
        let end = lseek(descriptor, 0, SEEK_END)
        var bytes = line[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let failure = Self.failure(.write, path)
                if end >= 0 { ftruncate(descriptor, end) }
                throw failure
            }
            bytes = bytes.dropFirst(count)
        }
    }

    private static func key(_ record: ExperimentRecord) -> String {
        key(record.experiment, record.revision, record.labels)
    }

    private static func key(_ experiment: String, _ revision: Int, _ labels: [String: String]) -> String {
        "\(experiment) \(revision) " + labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }()

    private static func failure(_ operation: FileSystemError.Operation, _ path: String) -> FileSystemError {
        FileSystemError(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}
