// A workload that nothing ran, and what its rounds would have measured.
import type { Measured, Rounds } from '../../../demos/bench/report.ts';
import type { Workload } from '../../../demos/bench/workload.ts';

export const variant = () => Promise.resolve(() => {});
export const workload: Workload = {
  id: 'made-up',
  title: 'a made-up one',
  n: 1_000,
  variants: { treadle: variant, native: variant, co: variant },
  goals: [
    { variant: 'treadle', to: 'native', limit: 0.6 },
    { variant: 'treadle', limit: 5 },
    { variant: 'treadle', to: 'co', limit: 2 },
  ],
};
export const took = (treadle: number, native: number) => ({
  treadle: { figures: { time: treadle } },
  native: { figures: { time: native } },
  co: { error: 'it overflowed' },
});
/** In the second round the machine was four times slower. */
export const rounds: Rounds = [took(10, 20), took(40, 80), took(12, 20)];
export const measured: Measured = { workload, rounds };
