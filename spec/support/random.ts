// Chance that is the same every time.

/**
 * A source of whole numbers that look random: each call gives one from 0 up to, but not including, `below`. The same
 * seed gives the same numbers. The algorithm is mulberry32.
 */
export function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), seed | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
