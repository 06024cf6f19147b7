// Time as people read it: ticks of an axis at round times, and durations in a fitting unit. Relies on nothing.

/** Times in milliseconds at round distances, from the first one within the stretch on, about `wanted` of them. */
export function ticksOf(from: number, until: number, wanted: number): number[] {
  const length = until - from;
  if (!(length > 0)) return [from];
  const rough = length / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(until / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
  [0.001, 'µs'],
];

/** A duration with three digits that count: `1.25 s`, `380 ms`, `12.5 µs`. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  const [unit, name] = UNITS.find(([least]) => Math.abs(ms) >= least * 0.9995) ?? [0.001, 'µs'];
  return `${Number((ms / unit).toPrecision(3))} ${name}`;
}

/** The times of an axis, all in the unit that fits the longest one: the last one has its name. */
export function tickLabels(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const [unit, name] = UNITS.find(([least]) => largest >= least) ?? [1, 'ms'];
  return ticks.map((tick) => `${Number((tick / unit).toPrecision(6))} ${name}`);
}
