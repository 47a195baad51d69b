// SPDX-License-Identifier: AGPL-3.0-or-later

/// A scheme over GF(2) that walks the flip graph: three bit masks a product, and an index of the masks that are shared.
///
/// Node 4p+s is factor s (0 = U, 1 = V, 2 = W) of product p. Nodes of one slot with equal masks are found through a chained
/// hash table; `active` lists the nodes that share their mask with another one, so that a random flip costs O(1).
/// The memory is allocated once; walking allocates nothing.
///
/// - Source: Kauers & Moosbauer, "Flip graphs for matrix multiplication", 2022 (flips, reductions);
///   Arai, Ichikawa & Hukushima, "Adaptive flip graph algorithm for matrix multiplication", 2024 (plus transitions).
struct FlipGraph: ~Copyable {
    /// Products that there is room for.
    let capacity: Int
    private(set) var rank = 0
    private var activeCount = 0
    private let values: UnsafeMutablePointer<UInt64>
    private let next: UnsafeMutablePointer<Int16>
    private let heads: UnsafeMutablePointer<Int16>
    private let active: UnsafeMutablePointer<Int16>
    private let place: UnsafeMutablePointer<Int16>
    private let partners: UnsafeMutablePointer<Int16>

    private static let bucketBits: UInt64 = 9
    private static let buckets = 1 << Int(bucketBits)
    /// Node numbers are 16 bits.
    static let maximumCapacity = 4096

    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= FlipGraph.maximumCapacity)
        self.capacity = capacity
        let nodes = 4 * capacity
        values = .allocate(capacity: nodes)
        next = .allocate(capacity: nodes)
        heads = .allocate(capacity: 3 * FlipGraph.buckets)
        active = .allocate(capacity: nodes)
        place = .allocate(capacity: nodes)
        partners = .allocate(capacity: capacity)
        values.initialize(repeating: 0, count: nodes)
        next.initialize(repeating: -1, count: nodes)
        heads.initialize(repeating: -1, count: 3 * FlipGraph.buckets)
        active.initialize(repeating: -1, count: nodes)
        place.initialize(repeating: -1, count: nodes)
        partners.initialize(repeating: -1, count: capacity)
    }

    deinit {
        values.deallocate()
        next.deallocate()
        heads.deallocate()
        active.deallocate()
        place.deallocate()
        partners.deallocate()
    }

    /// Nodes that a flip can start from; 0 means that only a plus transition leads on.
    var sharedNodes: Int { activeCount }

    /// Replaces the products; those with an empty factor are dropped, mergeable ones merged.
    mutating func load(_ products: [BinaryScheme.Product]) {
        precondition(products.count <= capacity)
        while rank > 0 { drop(rank - 1) }
        for product in products where product.u != 0 && product.v != 0 && product.w != 0 { append(product) }
        mergeAll()
    }

    /// The products as they stand.
    var products: [BinaryScheme.Product] { (0..<rank).map { product($0) } }

    private func product(_ p: Int) -> BinaryScheme.Product {
        .init(u: values[4 * p], v: values[4 * p + 1], w: values[4 * p + 2])
    }

    // MARK: The index of shared masks

    @inline(__always)
    private static func bucket(_ value: UInt64, _ slot: Int) -> Int {
        slot &* buckets &+ Int((value &* 0x9E37_79B9_7F4A_7C15) >> (64 - bucketBits))
    }

    @inline(__always)
    private mutating func activate(_ node: Int) {
        guard place[node] < 0 else { return }
        place[node] = Int16(truncatingIfNeeded: activeCount)
        active[activeCount] = Int16(truncatingIfNeeded: node)
        activeCount &+= 1
    }

    @inline(__always)
    private mutating func deactivate(_ node: Int) {
        let hole = Int(place[node])
        guard hole >= 0 else { return }
        activeCount &-= 1
        let last = active[activeCount]
        active[hole] = last
        place[Int(last)] = Int16(truncatingIfNeeded: hole)
        place[node] = -1
    }

    /// Takes `node` out of its chain; a node that is left alone with the mask is no longer shared.
    @inline(__always)
    private mutating func unlink(_ node: Int) {
        let value = values[node]
        let head = FlipGraph.bucket(value, node & 3)
        var (current, previous, equals, equal) = (Int(heads[head]), -1, 0, -1)
        while current >= 0 {
            let following = Int(next[current])
            if current == node {
                if previous < 0 {
                    heads[head] = Int16(truncatingIfNeeded: following)
                } else {
                    next[previous] = Int16(truncatingIfNeeded: following)
                }
            } else {
                if values[current] == value {
                    equals &+= 1
                    equal = current
                }
                previous = current
            }
            current = following
        }
        if equals == 1 { deactivate(equal) }
    }

    /// Puts `node` with its new mask into its chain.
    ///
    /// - Returns: A product that now shares two masks with the node's product, or −1.
    @inline(__always)
    private mutating func link(_ node: Int) -> Int {
        let value = values[node]
        let slot = node & 3
        let head = FlipGraph.bucket(value, slot)
        let (second, third) = FlipGraph.otherSlots(slot)
        let base = node & ~3
        var (current, equals, mergeable) = (Int(heads[head]), 0, -1)
        while current >= 0 {
            if values[current] == value {
                equals &+= 1
                activate(current)
                let other = current & ~3
                if values[other &+ second] == values[base &+ second] || values[other &+ third] == values[base &+ third]
                {
                    mergeable = other >> 2
                }
            }
            current = Int(next[current])
        }
        next[node] = heads[head]
        heads[head] = Int16(truncatingIfNeeded: node)
        if equals > 0 { activate(node) } else { deactivate(node) }
        return mergeable
    }

    @inline(__always)
    static func otherSlots(_ slot: Int) -> (Int, Int) {
        (slot == 0 ? 1 : 0, slot == 2 ? 1 : 2)
    }

    // MARK: Changing the number of products

    private mutating func append(_ product: BinaryScheme.Product) {
        precondition(rank < capacity)
        let base = 4 * rank
        (values[base], values[base + 1], values[base + 2]) = (product.u, product.v, product.w)
        rank += 1
        for slot in 0..<3 { _ = link(base + slot) }
    }

    /// Removes product `p`; the last one takes its number.
    private mutating func drop(_ p: Int) {
        let last = rank - 1
        for slot in 0..<3 {
            unlink(4 * p + slot)
            deactivate(4 * p + slot)
        }
        if p != last {
            for slot in 0..<3 {
                unlink(4 * last + slot)
                deactivate(4 * last + slot)
                values[4 * p + slot] = values[4 * last + slot]
                _ = link(4 * p + slot)
            }
        }
        rank -= 1
    }

    /// Merges two products that share two masks: a⊗b⊗c + a⊗b⊗c′ = a⊗b⊗(c+c′). Equal ones cancel.
    ///
    /// - Returns: Whether they did.
    private mutating func merge(_ p: Int, _ q: Int) -> Bool {
        guard p != q, p < rank, q < rank else { return false }
        for slot in 0..<3 {
            let (second, third) = FlipGraph.otherSlots(slot)
            guard values[4 * p + second] == values[4 * q + second], values[4 * p + third] == values[4 * q + third]
            else {
                continue
            }
            let sum = values[4 * p + slot] ^ values[4 * q + slot]
            let kept = BinaryScheme.Product(product(p), slot: slot, value: sum)
            drop(max(p, q))
            drop(min(p, q))
            if sum != 0 { append(kept) }
            return true
        }
        return false
    }

    /// Merges until no two products share two masks.
    private mutating func mergeAll() {
        var p = 0
        while p < rank {
            if (0..<p).contains(where: { merge($0, p) }) { p = 0 } else { p += 1 }
        }
    }

    // MARK: Moves

    /// Makes up to `limit` random flips; stops early when a product disappears or no mask is shared.
    ///
    /// A flip is a⊗b⊗c + a⊗b′⊗c′ = a⊗(b+b′)⊗c + a⊗b′⊗(c+c′), in any order of the three factors.
    ///
    /// - Returns: The flips made.
    mutating func walk(limit: Int, random: inout RandomSource) -> Int {
        let start = rank
        var generator = random
        var done = 0
        while done < limit && activeCount > 0 {
            done &+= 1
            let bits = generator.next()
            let node = Int(active[Int(((bits & 0xFFFF_FFFF) &* UInt64(activeCount)) >> 32)])
            let slot = node & 3
            let partner = randomPartner(node, (bits >> 32) & 0xFFFF)
            var (second, third) = FlipGraph.otherSlots(slot)
            if bits >> 63 != 0 { swap(&second, &third) }
            flip(node >> 2, partner >> 2, second, third)
            if rank != start { break }
        }
        random = generator
        return done
    }

    /// A node ≠ `node` with the same mask, chosen by 16 random bits.
    @inline(__always)
    private func randomPartner(_ node: Int, _ bits: UInt64) -> Int {
        let value = values[node]
        var (current, count) = (Int(heads[FlipGraph.bucket(value, node & 3)]), 0)
        while current >= 0 {
            if values[current] == value && current != node {
                partners[count] = Int16(truncatingIfNeeded: current)
                count &+= 1
            }
            current = Int(next[current])
        }
        return Int(partners[Int((bits &* UInt64(count)) >> 16)])
    }

    /// Adds mask `second` of q to p and mask `third` of p to q; p and q share the remaining mask.
    @inline(__always)
    private mutating func flip(_ p: Int, _ q: Int, _ second: Int, _ third: Int) {
        let (first, other) = (4 &* p &+ second, 4 &* q &+ third)
        unlink(first)
        unlink(other)
        values[first] ^= values[4 &* q &+ second]
        values[other] ^= values[4 &* p &+ third]
        let (mergeP, mergeQ) = (link(first), link(other))
        if values[first] == 0 || values[other] == 0 {
            removeEmpty(p, q)
        } else if mergeP >= 0 {
            _ = merge(p, mergeP)
        } else if mergeQ >= 0 {
            _ = merge(q, mergeQ)
        }
    }

    private mutating func removeEmpty(_ p: Int, _ q: Int) {
        for candidate in [max(p, q), min(p, q)] {
            let product = product(candidate)
            if product.u == 0 || product.v == 0 || product.w == 0 { drop(candidate) }
        }
    }

    /// Writes two products that need share nothing as three:
    /// a⊗b⊗c + a′⊗b′⊗c′ = a⊗(b+b′)⊗c + a⊗b′⊗(c+c′) + (a+a′)⊗b′⊗c′.
    ///
    /// - Returns: False when there is no room or no two products differ in every factor.
    mutating func plus(random: inout RandomSource) -> Bool {
        guard rank >= 2, rank + 1 <= capacity else { return false }
        for _ in 0..<64 {
            let (p, q) = (random.below(rank), random.below(rank))
            let (x, y) = (product(p), product(q))
            guard p != q, x.u != y.u, x.v != y.v, x.w != y.w else { continue }
            let order = BinaryScheme.Product.orders[random.below(6)]
            let (a, b) = (x.permuted(order), y.permuted(order))
            let parts = [
                BinaryScheme.Product(u: a.u, v: a.v ^ b.v, w: a.w), .init(u: a.u, v: b.v, w: a.w ^ b.w),
                .init(u: a.u ^ b.u, v: b.v, w: b.w),
            ]
            drop(max(p, q))
            drop(min(p, q))
            for part in parts { append(part.unpermuted(order)) }
            return true
        }
        return false
    }
}
