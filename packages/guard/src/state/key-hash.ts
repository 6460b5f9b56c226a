/**
 * Sixty-four bits of a key under a seed that no caller knows, so that nobody can choose keys that
 * meet. Written to `out`.
 */
export function hashKey(key: string, seedA: number, seedB: number, out: Uint32Array): void {
  let a = seedA | 0;
  let b = seedB | 0;
  for (let index = 0; index < key.length; index += 1) {
    const unit = key.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ unit, 0xc2b2ae35);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (a >>> 16), 0x21f0aaad) ^ Math.imul(b ^ (b >>> 15), 0x735a2d97);
  b = Math.imul(b ^ (b >>> 16), 0xd35a2d97) ^ Math.imul(a ^ (a >>> 15), 0x2c1b3c6d);
  out[0] = a ^ (a >>> 15);
  out[1] = b ^ (b >>> 15);
  if (out[0] === 0 && out[1] === 0) out[1] = 1;
}
