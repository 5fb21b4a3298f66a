/** The first 32 bits of the fractional parts of the cube roots, or square roots, of the first primes. */
function roots(count: number, root: (prime: number) => number): Uint32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (isPrime(n)) found.push((root(n) % 1) * 2 ** 32);
  return Uint32Array.from(found);
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

const ROUNDS = roots(64, Math.cbrt);
const BLOCK = 64;

/**
 * SHA-256 of bytes that come piece by piece. What browsers have takes all bytes at once, and only on pages that came over
 * TLS or from this machine.
 */
export class Sha256 {
  readonly #state = roots(8, Math.sqrt);
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(BLOCK);
  readonly #view = new DataView(this.#block.buffer);
  #length = 0;

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const filled = this.#length % BLOCK;
      const part = bytes.subarray(at, at + BLOCK - filled);
      this.#block.set(part, filled);
      this.#length += part.length;
      at += part.length;
      if (this.#length % BLOCK === 0) this.#mix();
    }
  }

  /** The sum in hex digits. Nothing can be added then. */
  digest(): string {
    const bits = this.#length * 8;
    this.update(Uint8Array.of(0x80));
    const filled = this.#length % BLOCK;
    this.update(new Uint8Array((filled > 56 ? 120 : 56) - filled));
    const end = new DataView(new ArrayBuffer(8));
    end.setUint32(0, Math.floor(bits / 2 ** 32));
    end.setUint32(4, bits % 2 ** 32);
    this.update(new Uint8Array(end.buffer));
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  /** Mixes a whole block in, as FIPS 180-4 has it. */
  #mix(): void {
    const [w, state] = [this.#schedule, this.#state];
    for (let i = 0; i < 16; i++) w[i] = this.#view.getInt32(i * 4);
    for (let i = 16; i < 64; i++) {
      const [near, far] = [w[i - 2] as number, w[i - 15] as number];
      const spread = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
      w[i] =
        ((w[i - 16] as number) + (w[i - 7] as number) + spread + (turned(far, 7) ^ turned(far, 18) ^ (far >>> 3))) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g);
      const one =
        (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + (ROUNDS[i] as number) + (w[i] as number)) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as number) + word) | 0;
  }
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
