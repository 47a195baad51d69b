// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A file that appears under its name only when it is complete: temporary in the same folder, fsync, rename.
///
/// The temporary has no name while it is written, where the file system knows such files: whatever ends the program, nothing
/// stays behind.
///
/// A device or pipe (such as `/dev/stdout`) is written directly. A symbolic link keeps pointing where it did.
public struct AtomicFile {
    private let path: String
    private let descriptor: Int32

    /// Appends to the file.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let put = Foundation.write(descriptor, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30))
            if put < 0 && errno == EINTR { continue }
            guard put > 0 else { throw AtomicFile.failure(.write, path) }
            done += put
        }
    }

    /// Appends to the file.
    public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Writes `path` through `body`; when that throws, what was there before is untouched and nothing else remains.
    ///
    /// - Throws: ``FileSystemError``, and what `body` throws.
    public static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
        var information = stat()
        let exists = stat(path, &information) == 0
        let kind = information.st_mode & S_IFMT
        if exists && kind == S_IFDIR {
            throw FileSystemError(operation: .create, path: path, reason: "it is a directory")
        }
        if exists && kind != S_IFREG { return try writeDirectly(to: path, body) }
        let target =
            exists
            ? (realpath(path, nil).map { pointer in
                defer { free(pointer) }
                return String(cString: pointer)
            } ?? path) : path
        try writeThroughTemporary(to: target, mode: exists ? information.st_mode & 0o777 : nil, body)
    }

    /// Writes all of `bytes` to `path`.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { try $0.write(bytes) }
    }

    private static func writeDirectly(to path: String, _ body: (AtomicFile) throws -> Void) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.create, path) }
        defer { close(descriptor) }
        try body(AtomicFile(path: path, descriptor: descriptor))
    }

    private static func writeThroughTemporary(to path: String, mode: mode_t?, _ body: (AtomicFile) throws -> Void)
        throws
    {
        let temporary = "\(path).\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 36)).tmp"
        let nameless = open(folder(of: path), O_WRONLY | O_CLOEXEC | temporaryFlag, 0o666)
        let descriptor = nameless >= 0 ? nameless : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(.create, path) }
        var renamed = false
        defer {
            close(descriptor)
            if !renamed { unlink(temporary) }
        }
        if let mode { fchmod(descriptor, mode) }
        try body(AtomicFile(path: path, descriptor: descriptor))
        guard fsync(descriptor) == 0, nameless < 0 || name(descriptor, temporary), rename(temporary, path) == 0 else {
            throw failure(.write, path)
        }
        renamed = true
        synchronizeFolder(of: path)
    }

    /// Linux's O_TMPFILE, whose macro Swift does not import. Without it `open` refuses to write to a folder.
    private static let temporaryFlag: Int32 = 0o20_000_000 | O_DIRECTORY

    /// Gives a file that has none its name; `rename` can then put it in another's place.
    private static func name(_ descriptor: Int32, _ path: String) -> Bool {
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    }

    /// The folder that a path lies in: what is before its last slash, or `.`.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the rename itself durable; a file system that cannot do it is no reason to fail.
    private static func synchronizeFolder(of path: String) {
        let folder = open(AtomicFile.folder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func failure(_ operation: FileSystemError.Operation, _ path: String) -> FileSystemError {
        guard operation == .create, errno == ENOENT else {
            return FileSystemError(operation: operation, path: path, reason: String(cString: strerror(errno)))
        }
        let folder = AtomicFile.folder(of: path)
        return FileSystemError(
            operation: operation, path: path, reason: "there is no folder \(folder)\n  mkdir -p \(folder)")
    }
}
