// The names of variants: which library they belong to, what a table calls them, and their counterparts in the state
// before a change. Relies on nothing.
import type { Workload } from './workload.ts';

const heads: Readonly<Record<string, string>> = {
  'treadle bare': 'bare',
  'treadle idiom': 'idiom',
  'redux-saga': 'saga',
};

/** The head of its column: 'bare' for 'treadle bare'. */
export const headOf = (variant: string): string => heads[variant] ?? variant;

/** The library that it belongs to: 'effect' for 'effect gen'. */
export const peerOf = (variant: string): string => variant.split(' ')[0]!;

/** 'before bare' for 'treadle bare'; undefined for a variant that is not treadle's. */
export const beforeOf = (variant: string): string | undefined =>
  peerOf(variant) === 'treadle' ? variant.replace('treadle', 'before') : undefined;

/** 'treadle bare' for 'before bare'; undefined for a variant that is not of the state before. */
export const treadleOf = (variant: string): string | undefined =>
  peerOf(variant) === 'before' ? variant.replace('before', 'treadle') : undefined;

/** Gives each variant of treadle its counterpart. */
export function withBefore(workload: Workload): Workload {
  const variants = Object.entries(workload.variants).flatMap(([variant, load]) => {
    const before = beforeOf(variant);
    return before === undefined ?
        [[variant, load]]
      : [
          [before, load],
          [variant, load],
        ];
  });
  return { ...workload, variants: Object.fromEntries(variants) as Workload['variants'] };
}
