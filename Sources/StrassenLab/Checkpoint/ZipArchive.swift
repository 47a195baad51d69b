// SPDX-License-Identifier: AGPL-3.0-or-later
import CZip

/// How much an archive may make the reader allocate.
public struct ArchiveLimits: Sendable {
    /// Bytes of the file itself.
    public var fileBytes = 1 << 30
    /// Entries.
    public var entries = 65_536
    /// Bytes of one entry, and of all entries together, after decompression.
    public var entryBytes = 1 << 30, totalBytes = 2 << 30
    public init() {}
}

/// A zip archive in memory with stored and deflated entries, read through libzip.
///
/// Every size is checked before it is used: against the limits, against what deflate can expand to, and, by libzip,
/// against the entry's checksum. Nothing is ever written to a disk.
public final class ZipArchive {
    /// One file of the archive.
    public struct Entry: Sendable, Equatable {
        public let name: String
        /// Bytes after decompression.
        public let size: Int
        let index: UInt64
    }

    /// In the order of the central directory, folders left out.
    public let entries: [Entry]
    private let archive: OpaquePointer
    private let memory: UnsafeMutableRawBufferPointer

    /// Whether bytes begin like a zip archive.
    public static func looksLikeOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

    /// - Throws: ``InputError``: no zip, damaged, an entry encrypted or compressed in a way other than deflate,
    ///   a name used twice, a size beyond the limits.
    public init(_ bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws {
        guard bytes.count <= limits.fileBytes else {
            throw InputError("the archive has \(bytes.count) bytes, more than the limit \(limits.fileBytes)")
        }
        memory = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
        memory.copyBytes(from: bytes)
        do {
            archive = try ZipArchive.open(memory, count: bytes.count)
        } catch {
            memory.deallocate()
            throw error
        }
        do {
            entries = try ZipArchive.list(archive, fileSize: bytes.count, limits: limits)
        } catch {
            zip_discard(archive)
            memory.deallocate()
            throw error
        }
    }

    deinit {
        zip_discard(archive)
        memory.deallocate()
    }

    /// The entry of that name.
    public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

    /// The decompressed bytes of an entry, their checksum proved.
    public func contents(of entry: Entry) throws -> [UInt8] {
        guard let file = zip_fopen_index(archive, entry.index, 0) else { throw failure(entry) }
        defer { zip_fclose(file) }
        var bytes = [UInt8](repeating: 0, count: entry.size)
        var done = 0
        while done < entry.size {
            let got = bytes.withUnsafeMutableBytes {
                zip_fread(file, $0.baseAddress! + done, UInt64(entry.size - done))
            }
            guard got > 0 else { throw failure(entry) }
            done += Int(got)
        }
        var beyond: UInt8 = 0
        guard zip_fread(file, &beyond, 1) == 0 else { throw failure(entry) }
        return bytes
    }

    private func failure(_ entry: Entry) -> InputError {
        InputError(
            "the entry is damaged (\(String(cString: zip_strerror(archive))))", field: "entry \"\(entry.name)\"",
            advice: "The file was probably cut short or altered on its way; fetch it again.")
    }

    private static func open(_ memory: UnsafeMutableRawBufferPointer, count: Int) throws -> OpaquePointer {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(memory.baseAddress, UInt64(count), 0, &error) else {
            throw InputError("no memory to read the archive")
        }
        guard let archive = zip_open_from_source(source, Int32(ZIP_RDONLY | ZIP_CHECKCONS), &error) else {
            let reason = String(cString: zip_error_strerror(&error))
            zip_source_free(source)
            throw InputError(
                "not a complete zip archive (\(reason))",
                advice: "The file was probably cut short or altered on its way; fetch it again.")
        }
        return archive
    }

    private static func list(_ archive: OpaquePointer, fileSize: Int, limits: ArchiveLimits) throws -> [Entry] {
        let count = zip_get_num_entries(archive, 0)
        guard count >= 0, count <= limits.entries else {
            throw InputError("the archive has \(count) entries, more than the limit \(limits.entries)")
        }
        var (entries, names, total) = ([Entry](), Set<String>(), 0)
        for index in 0..<UInt64(count) {
            let entry = try describe(archive, index, fileSize: fileSize, limits: limits)
            guard names.insert(entry.name).inserted else {
                throw InputError("the name occurs twice", field: "entry \"\(entry.name)\"")
            }
            total += entry.size
            guard total <= limits.totalBytes else {
                throw InputError("the entries decompress to more than the limit of \(limits.totalBytes) bytes")
            }
            if !entry.name.hasSuffix("/") { entries.append(entry) }
        }
        return entries
    }

    private static func describe(
        _ archive: OpaquePointer, _ index: UInt64, fileSize: Int, limits: ArchiveLimits
    ) throws -> Entry {
        var status = zip_stat_t()
        let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)
        guard zip_stat_index(archive, index, 0, &status) == 0, status.valid & needed == needed, let name = status.name
        else { throw InputError("the directory of the archive is damaged", field: "entry \(index)") }
        let field = "entry \"\(String(cString: name))\""
        if status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != ZIP_EM_NONE {
            throw InputError("it is encrypted", field: field)
        }
        guard status.comp_method == ZIP_CM_STORE || status.comp_method == ZIP_CM_DEFLATE else {
            throw InputError(
                "compression method \(status.comp_method); only stored (0) and deflate (8) are read", field: field)
        }
        // Deflate codes at least one bit per 258 bytes: 1032 is its limit.
        let most =
            status.comp_method == ZIP_CM_STORE
            ? status.comp_size : status.comp_size.multipliedReportingOverflow(by: 1032).partialValue
        guard status.size <= UInt64(limits.entryBytes), status.comp_size <= UInt64(fileSize),
            status.size <= most, status.comp_method == ZIP_CM_DEFLATE || status.size == status.comp_size
        else {
            throw InputError(
                "\(status.comp_size) stored bytes cannot stand for the \(status.size) that it claims", field: field)
        }
        return Entry(name: String(cString: name), size: Int(status.size), index: index)
    }
}
