// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// Results of trials, one JSON object a line, appended as they come: a second start goes on where the first stopped.
///
/// A last line that a crash cut off is dropped when the file is opened. Lines of other experiments and revisions are kept.
public final class ExperimentStore: Sendable {
    public let path: String
    private let state: Mutex<State>

    private struct State {
        var records: [String: ExperimentRecord] = [:]
        var descriptor: Int32
    }

    /// Opens or makes the file.
    ///
    /// - Throws: ``FileSystemError``; ``InputError`` for a file that is not a store.
    public init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o666)
        guard descriptor >= 0 else { throw Self.failure(.create, path) }
        var records: [String: ExperimentRecord] = [:]
        do {
            let isEmpty = lseek(descriptor, 0, SEEK_END) <= 0
            let bytes = isEmpty ? [] : try FileInput.contents(of: path)
            let complete = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            for (index, line) in bytes[..<complete].split(separator: 0x0A).enumerated() {
                guard let record = try? Self.decoder.decode(ExperimentRecord.self, from: Data(line)) else {
                    throw InputError(
                        "not the result of a trial", field: "line \(index + 1)",
                        advice: "Expected one JSON object a line, as `strassen experiment run` writes them.", file: path
                    )
                }
                records[Self.key(record)] = record
            }
            if complete < bytes.count, ftruncate(descriptor, off_t(complete)) != 0 { throw Self.failure(.write, path) }
        } catch {
            close(descriptor)
            throw error
        }
        state = Mutex(State(records: records, descriptor: descriptor))
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    func record(of trial: Trial, in experiment: Experiment) -> ExperimentRecord? {
        let key = Self.key(experiment.name, experiment.revision, trial.labels)
        return state.withLock { $0.records[key] }
    }

    /// Appends one line in one write.
    func add(_ record: ExperimentRecord) throws {
        var line = try Self.encoder.encode(record)
        line.append(0x0A)
        try state.withLock { state in
            state.records[Self.key(record)] = record
            var bytes = line[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw Self.failure(.write, path) }
                bytes = bytes.dropFirst(count)
            }
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
