// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Files that a long computation will end in.
enum OutputFile {
    /// Finds out early what would go wrong late.
    ///
    /// A device or pipe, such as `/dev/stdout`, is written to as it is, whatever its folder allows.
    ///
    /// - Throws: ``Failure`` when `path` is a folder, or its folder is missing or closed to us.
    static func check(_ path: String) throws {
        var information = stat()
        if stat(path, &information) == 0, ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT) { return }
        var isFolder: ObjCBool = false
        let manager = FileManager.default
        if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Failure(.cannotCreate, "\(path): expected a file, it is a directory", advice: "name a file in it")
        }
        let parent = (path as NSString).deletingLastPathComponent
        let folder = parent.isEmpty ? "." : parent
        guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(.cannotCreate, "\(path): there is no folder \(folder)", advice: "mkdir -p \(folder)")
        }
        guard manager.isWritableFile(atPath: folder) else {
            throw Failure(
                .cannotCreate, "\(path): the folder \(folder) cannot be written to", advice: "choose another folder")
        }
    }
}
