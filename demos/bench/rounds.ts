// The method. In each round every variant of every workload runs once, in a process of its own, and the order is
// rotated from round to round. So whatever else the machine does affects all variants of a workload alike, and none is
// always the first. With a state before (`--before`), each of its variants runs right before or right after its
// counterpart, in turns. The two processes of such a pair are seconds apart, so their ratio is disturbed least.
// Written with treadle: a cancellation ends the child. Relies on child, report, variants.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { coroutine, forEach, suspend, timeout, TimeoutError } from 'treadle';
import type { Sizes } from './child.ts';
import { mediansOf } from './report.ts';
import type { Measured, Outcome } from './report.ts';
import { treadleOf } from './variants.ts';
import { here, root } from './where.ts';
import type { Figures, Workload } from './workload.ts';

/** Milliseconds for a variant of a workload that has no limit of its own. */
const LIMIT = 60_000;

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  /** A small and cold run, only to see that everything works. */
  readonly quick: boolean;
  /** The child of the other clone, which runs the variants of the state before. */
  readonly childBefore?: string | undefined;
  /** Called before each process. */
  readonly progress: (done: number, of: number, round: number, workload: Workload, variant: string) => void;
}

/**
 * Bundles the child and the workloads once, so that no child spends time on TypeScript. The bundle is in a folder
 * within the clone, where 'treadle' means the built package of that clone. The peers are those of this demos/bench.
 */
export async function compile(
  entry = join(here, 'child.ts'),
  clone = root,
): Promise<{ child: string; remove: () => void }> {
  mkdirSync(join(clone, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(clone, '.cache', 'bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const child = join(folder, 'child.js');
  await build({
    entryPoints: [entry],
    outfile: child,
    bundle: true,
    packages: 'external',
    tsconfigRaw: {}, // the clone's own says that 'treadle' is lib/, which would then be bundled
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return { child, remove };
}

/**
 * In development mode a peer makes more checks. Coverage or an inspector in the child would be measured, too. Node reads
 * additional certificates when it starts, which can take longer than the rest of its start; and a peer that gives its
 * processes an empty environment would win by that.
 */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, NODE_EXTRA_CA_CERTS: ___, ...env } = process.env;
  return { ...env, NODE_ENV: 'production' };
}

/** A small n, and one cold sample. */
const small = ({ n, quick = Math.max(Math.min(n, 20), Math.round(n / 1_000)) }: Workload): Sizes => ({
  n: quick,
  warmUp: 0,
  samples: 1,
});

/** Why a child has no figures: the error that it printed, or the most telling line of what it wrote last. */
function failure(code: unknown, stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines.find(Boolean) ?? `it ended with ${String(code)}`;
}

const one = coroutine('one', function* (child: string, workload: Workload, variant: string, quick: boolean) {
  const { id, flags = [], timeoutMs = LIMIT } = workload;
  const args = [...flags, child, id, variant, JSON.stringify(quick ? small(workload) : {})];
  const answer = suspend<Outcome>((resume) => {
    const running = execFile(
      process.execPath,
      args,
      { cwd: root, env: environment(), maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const line = stdout.trimEnd().split('\n').at(-1) ?? '';
        const { samples, error: reason } = (
          line.startsWith('{') ?
            JSON.parse(line)
          : { error: failure(error?.code ?? error?.signal, stderr) }) as { samples?: Figures[]; error?: string };
        resume(samples ? { figures: mediansOf(samples), samples } : { error: reason ?? 'no samples' });
      },
    );
    return () => running.kill('SIGKILL');
  });
  try {
    return yield* timeout(timeoutMs, answer);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { error: `> ${timeoutMs / 1_000} s` };
  }
});

const rotated = <T>(list: readonly T[], by: number): T[] => list.map((_, i) => list[(i + by) % list.length]!);

/** The variants in the order of this round: rotated, and each state before beside its counterpart, in turns first. */
export function orderOf(variants: readonly string[], round: number): string[] {
  const alone = variants.filter((variant) => treadleOf(variant) === undefined);
  return rotated(alone, round).flatMap((variant) => {
    const before = variants.find((other) => treadleOf(other) === variant);
    if (before === undefined) return [variant];
    return round % 2 === 0 ? [before, variant] : [variant, before];
  });
}

/** Runs the plan. What has failed once is not tried again: it would take long and fail again. */
export const measure = coroutine('measure', function* (child: string, plan: Plan) {
  const { workloads, rounds, quick, childBefore = child, progress } = plan;
  const results = workloads.map((workload) => ({
    workload,
    rounds: Array.from({ length: rounds }, (): Record<string, Outcome> => ({})),
  }));
  const jobs = Array.from({ length: rounds }, (_, round) =>
    results.flatMap((result) =>
      orderOf(Object.keys(result.workload.variants), round).map((variant) => ({ ...result, round, variant })),
    ),
  ).flat();
  let started = 0;
  const job = coroutine('job', function* ({ workload, rounds: outcomes, round, variant }: (typeof jobs)[number]) {
    progress(started++, jobs.length, round, workload, variant);
    const failed = outcomes[round - 1]?.[variant]?.error;
    const ofBefore = treadleOf(variant);
    const running =
      ofBefore === undefined ? one(child, workload, variant, quick) : one(childBefore, workload, ofBefore, quick);
    const start = performance.now();
    outcomes[round]![variant] =
      failed === undefined ? { ...(yield* running), seconds: (performance.now() - start) / 1_000 } : { error: failed };
  });
  // One at a time, or they would disturb each other. With --quick the figures do not matter.
  yield* forEach(jobs, job, { concurrency: quick ? 4 : 1 });
  return results satisfies Measured[] as Measured[];
});
