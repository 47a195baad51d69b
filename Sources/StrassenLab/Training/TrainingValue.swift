// SPDX-License-Identifier: AGPL-3.0-or-later
import TOMLKit

/// A value of a training file or of `--set`.
indirect enum TrainingValue: CustomStringConvertible {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text(String)
    case list([TrainingValue])
    /// A table, a date: never what a key expects.
    case other(String)

    init(_ value: TOMLValueConvertible) {
        if let boolean = value.bool {
            self = .boolean(boolean)
        } else if let integer = value.int {
            self = .integer(integer)
        } else if let number = value.double {
            self = .number(number)
        } else if let text = value.string {
            self = .text(text)
        } else if let array = value.array {
            self = .list(array.map { TrainingValue($0) })
        } else {
            self = .other("\(value.type)")
        }
    }

    /// Reads the right side of `--set key=value`: a TOML value, else a bare word as text.
    init(flag text: String) {
        if let table = try? TOMLTable(string: "value = \(text)"), table.count == 1, let value = table["value"] {
            self = TrainingValue(value)
        } else {
            self = .text(text)
        }
    }

    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var number: Double? {
        switch self {
        case .number(let value): value.isFinite ? value : nil
        case .integer(let value): Double(value)
        default: nil
        }
    }
    /// A list, or a single value as a list of one.
    var list: [TrainingValue] { if case .list(let values) = self { values } else { [self] } }

    var description: String {
        switch self {
        case .integer(let value): "the integer \(value)"
        case .number(let value): "the number \(value)"
        case .boolean(let value): "the boolean \(value)"
        case .text(let value): "the text \"\(value)\""
        case .list(let values): "a list of \(values.count)"
        case .other(let kind): "a \(kind)"
        }
    }
}
