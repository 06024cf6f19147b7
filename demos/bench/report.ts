// The arithmetic of what was measured, and the JSON. A ratio is taken within a round, where both sides ran within
// seconds of each other, and only then the median over the rounds. So a machine that is slower in one round than in
// the next is slower for both sides. Relies on variants.
import { beforeOf } from './variants.ts';
import type { Figures, Goal, Workload } from './workload.ts';

/** What one process gave: the median of each of its figures, or the reason why there is none. */
export interface Outcome {
  readonly figures?: Figures;
  /** What the medians were taken from. */
  readonly samples?: readonly Figures[];
  readonly error?: string;
  /** How long the process took. */
  readonly seconds?: number;
}

/** Variant -> its outcome, for each round. */
export type Rounds = readonly Readonly<Record<string, Outcome>>[];

export interface Measured {
  readonly workload: Pick<Workload, 'id' | 'title' | 'figures' | 'goals'> & {
    readonly variants: Readonly<Record<string, unknown>>;
  };
  readonly rounds: Rounds;
}

/** A median over the rounds, and how far the rounds are apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The figure that the harness takes: nanoseconds per operation. */
export const TIME = 'time';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** JSON has no NaN and no Infinity, so what a variant could not measure arrives as null. */
const known = (values: readonly unknown[]) => values.filter((value): value is number => Number.isFinite(value));

export function mediansOf(samples: readonly Figures[]): Figures {
  const names = new Set(samples.flatMap((one) => Object.keys(one)));
  const figures = [...names].map((name) => [name, known(samples.map((one) => one[name]))] as const);
  return Object.fromEntries(
    figures.filter(([, values]) => values.length > 0).map(([name, values]) => [name, median(values)]),
  );
}

function spread(all: readonly number[]): Spread | undefined {
  const values = known(all);
  return values.length === 0 ?
      undefined
    : { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The figure of a variant over the rounds; with `to`, divided by that of another variant in the same round. */
export function figureOf(rounds: Rounds, figure: string, variant: string, to?: string): Spread | undefined {
  return spread(
    rounds.map((round) => {
      const value = round[variant]?.figures?.[figure];
      const base = to === undefined ? 1 : round[to]?.figures?.[figure];
      return (value ?? Number.NaN) / (base ?? Number.NaN);
    }),
  );
}

export type Verdict = Goal & {
  readonly figure: string;
  readonly reached?: Spread | undefined;
  /** Undefined if one of the two was not measured. */
  readonly met?: boolean | undefined;
};

export const figuresOf = ({ workload }: Measured): Readonly<Record<string, string>> =>
  workload.figures ?? { [TIME]: 'ns' };

export function verdicts(measured: Measured): Verdict[] {
  return (measured.workload.goals ?? []).map((goal) => {
    const figure = goal.figure ?? Object.keys(figuresOf(measured))[0]!;
    const reached = figureOf(measured.rounds, figure, goal.variant, goal.to);
    return {
      ...goal,
      figure,
      reached,
      met: reached && (goal.atLeast ? reached.median >= goal.limit : reached.median <= goal.limit),
    };
  });
}

/** The reason why a variant has no figures, if it has none. */
export const failureOf = (rounds: Rounds, variant: string): string | undefined =>
  rounds.map((round) => round[variant]?.error).find((error) => error !== undefined);

/** The variants that have a column in the table and a bar in the chart, in this order. */
export const columns = [
  'treadle',
  'treadle bare',
  'treadle idiom',
  'effect',
  'effection',
  'redux-saga',
  'co',
  'bluebird',
  'floor',
] as const;

/** 'queue ping-pong', or for one of several figures 'sleepers: overrun'. */
export function titleOf(measured: Measured, figure: string): string {
  const { id, title } = measured.workload;
  return Object.keys(figuresOf(measured)).length > 1 ? `${id}: ${figure}` : title;
}

/** Does the figure itself matter, not its ratio to native? It does if a goal says so, or if native has no figure. */
export function isPlain({ workload, rounds }: Measured, figure: string): boolean {
  const goals = workload.goals?.filter((goal) => goal.figure === figure) ?? [];
  return !figureOf(rounds, figure, 'native')?.median || (goals.length > 0 && goals.every(({ to }) => to === undefined));
}

/** Everything that failed, with the reason. */
export function failures(all: readonly Measured[]): string[] {
  return all.flatMap(({ workload, rounds }) =>
    Object.keys(workload.variants).flatMap((variant) => {
      const error = failureOf(rounds, variant);
      return error === undefined ? [] : [`${workload.title}, ${variant}: ${error}`];
    }),
  );
}

/** For the chart: the ratios of the table, with a group for each row. */
export function ratioGroups(all: readonly Measured[]): { name: string; bars: { name: string; value: number }[] }[] {
  return all.flatMap((measured) => {
    const { rounds } = measured;
    const names = Object.keys(figuresOf(measured)).filter((figure) => !isPlain(measured, figure));
    return names.map((figure) => ({
      name: titleOf(measured, figure),
      bars: columns.flatMap((variant) => {
        const value = figureOf(rounds, figure, variant, 'native')?.median;
        return value === undefined ? [] : [{ name: variant, value }];
      }),
    }));
  });
}

/** For machines: every sample, every median, every ratio. */
export function json(about: Readonly<Record<string, unknown>>, all: readonly Measured[]): string {
  const workloads = all.map((measured) => {
    const { workload, rounds } = measured;
    const { id, title } = workload;
    const variants = Object.keys(workload.variants).filter((variant) => rounds.some((round) => variant in round));
    const figures = Object.entries(figuresOf(measured)).map(([name, unit]) => ({
      name,
      unit,
      variants: Object.fromEntries(
        variants.map((variant) => {
          const before = beforeOf(variant);
          return [
            variant,
            {
              ...figureOf(rounds, name, variant),
              toNative: figureOf(rounds, name, variant, 'native'),
              ...(before !== undefined && { toBefore: figureOf(rounds, name, variant, before) }),
            },
          ];
        }),
      ),
    }));
    return { id, title, figures, goals: verdicts(measured), rounds };
  });
  return `${JSON.stringify({ ...about, workloads }, null, 1)}\n`;
}
