// What stands above the tables, and the line that shows how far the rounds are. Relies on before, install, where.
import { cpus, release, totalmem } from 'node:os';
import { revisionOf } from './before.ts';
import { versions } from './install.ts';
import { root } from './where.ts';
import type { Workload } from './workload.ts';

export function machine(): Readonly<Record<string, unknown>> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
  };
}

export interface Shown {
  readonly rounds: number;
  readonly quick: boolean;
  readonly before: string | undefined;
  readonly workloads: readonly Workload[];
  /** The peers whose versions are shown. */
  readonly peers: readonly string[];
}

export function about(facts: Readonly<Record<string, unknown>>, shown: Shown): string {
  const { rounds, quick, before, workloads: chosen, peers } = shown;
  const flags = chosen.filter((one) => one.flags?.length).map((one) => `, ${one.id} with ${one.flags!.join(' ')}`);
  return [
    `${facts.cpu}, ${facts.cores} cores, ${facts.memory}, ${facts.system}; Node ${facts.node}`,
    `${rounds === 1 ? '1 round' : `${rounds} rounds`}, a process for each variant, NODE_ENV=production${flags.join('')}`,
    ...(before === undefined ? [] : [`treadle is ${revisionOf(root)}, before is ${revisionOf(before)}`]),
    ...(peers.length === 0 ?
      []
    : [
        Object.entries(versions(peers))
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ]),
    ...(quick ? ['--quick: these figures mean nothing, they only show that everything runs'] : []),
  ].join('\n');
}

/** On a terminal one line, which is overwritten; elsewhere one line for each round. */
export function progress(started: number) {
  let last = -1;
  return (done: number, of: number, round: number, { id }: Workload, variant: string): void => {
    const { stderr } = process;
    if (stderr.isTTY) stderr.write(`\r\x1b[2K${done + 1}/${of}  round ${round + 1}  ${id}: ${variant}`);
    else if (round !== last)
      stderr.write(`bench: round ${(last = round) + 1}, after ${Math.round((performance.now() - started) / 1000)} s\n`);
    if (stderr.isTTY && done + 1 === of) stderr.write('\r\x1b[2K');
  };
}
