/**
 * A set of ids of Meta's at sixteen bytes each, for lists too long to be held as text: a `Set` of a million
 * ids takes six times as much. Open addressing over 64-bit numbers; an id that is none (a leading zero,
 * twenty digits) is kept as text.
 */
export class MetaIdSet {
  #slots = new BigUint64Array(SMALLEST);
  #packedCount = 0;
  readonly #others = new Set<string>();

  add(id: string): void {
    if (!FITS.test(id)) return void this.#others.add(id);
    if (2 * this.#packedCount >= this.#slots.length) this.#grow();
    if (put(this.#slots, BigInt(id))) this.#packedCount += 1;
  }

  has(id: string): boolean {
    if (!FITS.test(id)) return this.#others.has(id);
    const value = BigInt(id);
    return this.#slots[slotOf(this.#slots, value)] === value;
  }

  get size(): number {
    return this.#packedCount + this.#others.size;
  }

  #grow(): void {
    const larger = new BigUint64Array(2 * this.#slots.length);
    for (const value of this.#slots) if (value !== FREE) put(larger, value);
    this.#slots = larger;
  }
}

const FITS = /^[1-9]\d{0,18}$/;
const FREE = 0n;
const SMALLEST = 64;

/** @returns whether it is new */
function put(slots: BigUint64Array, value: bigint): boolean {
  const slot = slotOf(slots, value);
  const isNew = slots[slot] === FREE;
  slots[slot] = value;
  return isNew;
}

/** Where a value stands, or the free slot where it would. Neighbouring ids are spread by the golden ratio. */
function slotOf(slots: BigUint64Array, value: bigint): number {
  const mask = slots.length - 1;
  let slot = Number(BigInt.asUintN(64, value * 0x9e3779b97f4a7c15n) >> 32n) & mask;
  while (slots[slot] !== FREE && slots[slot] !== value) slot = (slot + 1) & mask;
  return slot;
}
