// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// Files that a long computation will end in.
enum OutputFile {
    /// Finds out early what would go wrong late.
    ///
    /// A device or pipe, such as `/dev/stdout`, is written to as it is, whatever its folder allows.
    ///
    /// - Throws: ``Failure`` when `path` is no name or a folder, or its folder is missing or closed to us.
    static func check(_ path: String) throws {
        guard !path.isEmpty && !path.hasSuffix("/") else {
            throw Failure(.cannotCreate, "\"\(path)\": expected the name of a file")
        }
        var information = stat()
        if stat(path, &information) == 0, ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT) { return }
        var isFolder: ObjCBool = false
        let manager = FileManager.default
        if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Failure(.cannotCreate, "\(path): expected a file, it is a directory", advice: "name a file in it")
        }
        let folder = AtomicFile.folder(of: path)
        guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(.cannotCreate, "\(path): there is no folder \(folder)", advice: "mkdir -p \(folder)")
        }
        guard manager.isWritableFile(atPath: folder) else {
            throw Failure(
                .cannotCreate, "\(path): the folder \(folder) cannot be written to", advice: "choose another folder")
        }
    }

    /// Whether what is written there goes where stdout goes.
    static func isStandardOutput(_ path: String) -> Bool {
        var (file, output) = (stat(), stat())
        return stat(path, &file) == 0 && fstat(STDOUT_FILENO, &output) == 0 && file.st_dev == output.st_dev
            && file.st_ino == output.st_ino && file.st_mode & S_IFMT != S_IFREG
    }
}
