// SPDX-License-Identifier: AGPL-3.0-or-later

/// Reads a text token by token and knows the line and column of each.
struct TextScanner {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte that is not white space, not consumed; `nil` at the end.
    mutating func peek() -> Character? {
        skipSpaces()
        return offset < bytes.count ? Character(UnicodeScalar(bytes[offset])) : nil
    }

    /// Consumes `character` if it is next.
    mutating func take(_ character: Character) -> Bool {
        guard peek() == character else { return false }
        offset += 1
        return true
    }

    /// - Throws: ``InputError`` with the place, when `character` is not next.
    mutating func expect(_ character: Character) throws {
        guard take(character) else { throw unexpected("\"\(character)\"") }
    }

    /// Letters, digits and underscores; empty when none is next.
    mutating func word() -> String {
        skipSpaces()
        let start = offset
        while offset < bytes.count, isWordByte(bytes[offset]) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// A whole number from 1 to `limit`.
    mutating func size(_ what: String, limit: Int) throws -> Int {
        let place = self
        guard let value = Int(word()), (1...limit).contains(value) else {
            throw place.failure("\(what) must be a whole number from 1 to \(limit)")
        }
        return value
    }

    /// An exact number: `-1`, `3/8`, `0.25`.
    mutating func number() throws -> Rational {
        let place = self
        let negative = take("-")
        if !negative { _ = take("+") }
        guard var value = magnitude() else { throw place.unexpected("a number") }
        if negative { value = -value }
        return value
    }

    /// An unsigned exact number, or `nil` (and nothing consumed) when none is next or it does not fit in 64 bits.
    mutating func magnitude() -> Rational? {
        skipSpaces()
        let start = offset
        guard let whole = digits() else { return nil }
        var (top, bottom) = (whole, Int64(1))
        var good = true
        if next(is: ".") {
            (top, bottom, good) = joined(whole, fractionDigits())
        } else if next(is: "/"), let denominator = denominatorDigits() {
            bottom = denominator
        }
        guard good, bottom != 0 else {
            offset = start
            return nil
        }
        return Rational(top, bottom)
    }

    /// Whether only white space is left.
    mutating func isAtEnd() -> Bool { peek() == nil }

    /// Whether a newline, or the end, comes before the next token; consumes nothing.
    func crossesLine() -> Bool {
        let blank = bytes[offset...].prefix { $0 == 0x20 || (9...13).contains($0) }
        return blank.endIndex == bytes.count || blank.contains(0x0A)
    }

    /// Moves behind the next occurrence of `text`; stays when there is none.
    mutating func skip(past text: String) -> Bool {
        let pattern = Array(text.utf8)
        var start = offset
        while let first = bytes[start...].firstIndex(of: pattern[0]) {
            if bytes[first...].starts(with: pattern) {
                offset = first + pattern.count
                return true
            }
            start = first + 1
        }
        return false
    }

    /// An error at the next token.
    func failure(_ message: String) -> InputError {
        let before = bytes[..<offset]
        let line = before.count(where: { $0 == 0x0A }) + 1
        let column = offset - (before.lastIndex(of: 0x0A) ?? -1)
        return InputError(message, field: "line \(line), column \(column)")
    }

    /// An error that says what was expected and what is there.
    func unexpected(_ expected: String) -> InputError {
        var copy = self
        guard copy.peek() != nil else { return copy.failure("expected \(expected), found the end") }
        let shown = bytes[copy.offset...].prefix { $0 > 0x20 }.prefix(24).map { $0 < 0x7F ? $0 : 0x3F }
        return copy.failure("expected \(expected), found \"\(String(decoding: shown, as: UTF8.self))\"")
    }

    private mutating func skipSpaces() {
        while offset < bytes.count, bytes[offset] == 0x20 || (9...13).contains(bytes[offset]) { offset += 1 }
    }

    private func next(is character: Character) -> Bool {
        offset < bytes.count && bytes[offset] == character.asciiValue
    }

    private mutating func digits() -> Int64? {
        let start = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        return Int64(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func denominatorDigits() -> Int64? {
        let start = offset
        offset += 1
        guard let value = digits() else {
            offset = start
            return nil
        }
        return value
    }

    /// The digits behind a decimal point and how many they are; too many when they do not fit.
    private mutating func fractionDigits() -> (value: Int64, count: Int) {
        offset += 1
        let start = offset
        let value = digits()
        return (value ?? 0, value == nil && offset > start ? .max : offset - start)
    }

    private func joined(_ whole: Int64, _ fraction: (value: Int64, count: Int)) -> (Int64, Int64, Bool) {
        guard fraction.count <= 18 else { return (0, 1, false) }
        let scale = (0..<fraction.count).reduce(Int64(1)) { value, _ in value * 10 }
        let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
        let (sum, overflow2) = product.addingReportingOverflow(fraction.value)
        return (sum, scale, !overflow && !overflow2)
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}
