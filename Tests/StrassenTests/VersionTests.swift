// SPDX-License-Identifier: AGPL-3.0-or-later
import Strassen
import Testing

@Test func rationalIsReduced() {
    #expect(Rational(2, -4) == Rational(-1, 2))
    #expect(Rational(-6, 3).description == "-2")
}
