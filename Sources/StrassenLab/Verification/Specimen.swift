// SPDX-License-Identifier: AGPL-3.0-or-later

/// What there is to verify in a file: trained factors that have to be rounded first, or exact coefficients.
public enum Specimen: Sendable {
    case model(BilinearModel)
    case scheme(Scheme)

    /// Reads trained factors (`.pt`, `.safetensors`, `.npz`, JSON) or a scheme in any format of ``SchemeFormat``; factors
    /// are recognised by content, whatever the file is called.
    ///
    /// A `.scheme` file need not hold; other formats must at least mod 2, since their conventions are found by the proof.
    ///
    /// - Parameter entry: Which scheme of an `.npz` archive; other files have none to choose from.
    /// - Throws: ``InputError``, ``FileSystemError``, ``StrassenError``.
    public init(contentsOf path: String, entry: String? = nil) throws {
        do {
            let bytes = try FileInput.contents(of: path)
            let format = SchemeFormat(path: path) ?? SchemeFormat(bytes: bytes)
            let kind = ModelFormat(detecting: bytes)
            guard entry == nil || format == .npz && kind != .torch else { throw SchemeFile.noEntries }
            if format == .scheme || bytes.starts(with: Array("strassen-scheme".utf8)) {
                self = .scheme(try Specimen.scheme(bytes))
            } else if entry == nil, Specimen.isModel(bytes, format) {
                self = .model(try BilinearModel(bytes: bytes))
            } else if format != nil {
                self = .scheme(try SchemeFile.read(path: path, entry: entry, format: format, ring: .gf2).scheme)
            } else {
                throw InputError(
                    "neither trained factors (.pt, .safetensors, .npz, JSON) nor a scheme",
                    advice:
                        "docs/formats.md describes the formats; strassen scheme convert --from FORMAT says which it is."
                )
            }
        } catch let error as InputError { throw error.in(path) }
    }

    /// Whether a file holds trained factors, by content: the formats in which schemes are published may look alike.
    static func isModel(_ bytes: [UInt8], _ format: SchemeFormat?) -> Bool {
        ModelFormat(detecting: bytes) != nil && !isPublishedScheme(bytes, format)
    }

    private static func isPublishedScheme(_ bytes: [UInt8], _ format: SchemeFormat?) -> Bool {
        switch format {
        case .json, .reduced: JSONFormat.looksLikeOne(bytes)
        case .npz: (try? AlphaTensorFormat.hasNamedShapes(bytes)) ?? false
        case .m: true
        default: false
        }
    }

    private static func scheme(_ bytes: [UInt8]) throws -> Scheme {
        guard let text = String(validating: bytes, as: UTF8.self), bytes.count <= SchemeFile.maximumBytes else {
            throw InputError("not the text of a scheme", advice: "docs/formats.md describes the .scheme format.")
        }
        do { return try Scheme(text: text) } catch let error as StrassenError where error.status == .format {
            throw InputError(error.message, advice: "docs/formats.md describes the .scheme format.")
        }
    }
}
