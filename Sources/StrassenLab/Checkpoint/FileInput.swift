// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// An open file that is read from front to back; its size is known before anything is allocated.
public final class FileInput {
    public let path: String
    /// Bytes.
    public let size: Int
    private let descriptor: Int32

    /// - Throws: ``InputError`` when there is no such file, or it is a directory or a device;
    ///   ``FileSystemError`` when the system refuses.
    public init(path: String) throws {
        // Without O_NONBLOCK opening a pipe would wait for someone to write to it.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw InputError("there is no such file", file: path) }
            throw FileSystemError(operation: .read, path: path, reason: String(cString: strerror(code)))
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let directory = information.st_mode & S_IFMT == S_IFDIR
            throw InputError("expected a file, found a \(directory ? "directory" : "device or pipe")", file: path)
        }
        self.path = path
        size = Int(information.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer`.
    ///
    /// - Throws: ``FileSystemError``, or ``InputError`` when the file ends first.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let got = Foundation.read(descriptor, buffer.baseAddress! + done, min(buffer.count - done, 1 << 30))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                throw FileSystemError(operation: .read, path: path, reason: String(cString: strerror(errno)))
            }
            guard got > 0 else { throw InputError("the file ends \(buffer.count - done) bytes early", file: path) }
            done += got
        }
    }

    /// The next `count` bytes.
    public func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(into: $0) }
        return bytes
    }

    /// The whole file at `path`, which must have at most `limit` bytes.
    public static func contents(of path: String, limit: Int = ArchiveLimits().fileBytes) throws -> [UInt8] {
        let file = try FileInput(path: path)
        guard file.size <= limit else {
            throw InputError("it has \(file.size) bytes, more than the \(limit) that this reader takes", file: path)
        }
        guard file.size > 0 else { throw InputError("the file is empty", file: path) }
        return try file.read(file.size)
    }
}
