// SPDX-License-Identifier: AGPL-3.0-or-later

/// What there is to verify in a file: trained factors that have to be rounded first, or exact coefficients.
public enum Specimen: Sendable {
    case model(BilinearModel)
    case scheme(Scheme)

    /// Bytes of the largest scheme text read.
    static let textLimit = 64 << 20

    /// Reads `.pt`, `.safetensors`, `.npz`, JSON or `.scheme`, by content, whatever the file is called.
    ///
    /// - Throws: ``InputError``, ``FileSystemError``.
    public init(contentsOf path: String) throws {
        do {
            let bytes = try FileInput.contents(of: path)
            if ModelFormat(detecting: bytes) != nil {
                self = .model(try BilinearModel(bytes: bytes))
            } else {
                self = .scheme(try Specimen.scheme(bytes))
            }
        } catch let error as InputError { throw error.in(path) }
    }

    private static func scheme(_ bytes: [UInt8]) throws -> Scheme {
        guard bytes.starts(with: Array("strassen-scheme".utf8)), bytes.count <= textLimit,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            throw InputError(
                "neither trained factors (.pt, .safetensors, .npz, JSON) nor a .scheme file",
                advice: "Other formats of schemes are converted by: strassen scheme convert IN OUT.scheme.")
        }
        do { return try Scheme(text: text) } catch let error as StrassenError where error.status == .format {
            throw InputError(error.message, advice: "docs/formats.md describes the .scheme format.")
        }
    }
}
