// SPDX-License-Identifier: AGPL-3.0-or-later
import Strassen
import Testing

@Test func rationalIsReduced() {
    #expect(Rational(2, -4) == Rational(-1, 2))
    #expect(Rational(-6, 3).description == "-2")
}

@Test func productIsCheckedWhereTheShapesFit() throws {
    let a = try Matrix<Double>(rows: 3, columns: 4) { Double($0 - $1) }
    let b = try Matrix<Double>(rows: 4, columns: 2) { Double($0 + 2 * $1) }
    let c = try multiply(a, b)
    #expect(try checkProduct(a.view, b.view, c.view).maximum == 0)
    #expect(throws: StrassenError.self) { try checkProduct(b.view, a.view, c.view) }
    #expect(throws: StrassenError.self) { try checkProduct(a.view, b.view, a.view) }
    #expect(throws: StrassenError.self) { try checkProduct(a.view, b.view, initial: b.view, c.view) }
}

@Test func optionsOutOfRangeAreNamed() {
    var options = PlanOptions()
    options.levels = 9
    #expect(throws: StrassenError(.argument, "levels: expected 0 to 8, got 9")) {
        _ = try Plan(.float64, m: 8, k: 8, n: 8, options: options)
    }
}
