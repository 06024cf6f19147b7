// Times as people read them, for both pictures.

/** `'2.6 s'` */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A round number of milliseconds between two marks of an axis: the least that is not below the rough one. */
function stepOf(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

export interface Tick {
  readonly time: number;
  readonly label: string;
}

/** The marks of an axis from 0 to `end` with at most so many parts. */
export function ticks(end: number, parts: number): Tick[] {
  const step = stepOf(end / Math.max(1, parts));
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => ({
    time: i * step,
    label: step >= 1_000 ? `${(i * step) / 1_000} s` : seconds(i * step),
  }));
}
