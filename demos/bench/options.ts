// The command line of the benchmark. Input that makes no sense ends it with one line and exit code 2.
import { parseArgs } from 'node:util';
import { headOf, peerOf } from './variants.ts';
import type { Workload } from './workload.ts';

export interface Options {
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  /** The folder of another clone, for example the state before a change, to compare this one with. */
  readonly before: string | undefined;
  /** The chosen workloads, with the chosen variants. */
  readonly workloads: readonly Workload[];
  /** True if some of the variants belong to peers, which must be installed. */
  readonly needsPeers: boolean;
}

/** The user typed something wrong. */
export class BadInput extends Error {}

const local = ['treadle', 'native', 'floor'];
export const peers = ['effect', 'effection', 'redux-saga', 'co', 'bluebird'];
const words = (text: string | undefined) => text?.split(/[\s,]+/).filter(Boolean);

export function read(argv: readonly string[], all: readonly Workload[]): Options {
  const text = { type: 'string' } as const;
  const parse = () => {
    try {
      return parseArgs({
        args: [...argv],
        options: {
          rounds: text,
          only: text,
          peers: text,
          variants: text,
          before: text,
          quick: { type: 'boolean' },
          json: text,
          svg: text,
        },
      }).values;
    } catch (error) {
      throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
    }
  };
  const { rounds = '5', only, peers: wanted, variants: columns, before, quick = false, json, svg } = parse();
  if (!/^[1-9]\d?$/.test(rounds)) throw new BadInput(`--rounds takes a number from 1 to 99, not "${rounds}"`);

  const chosen =
    words(wanted) ??
    // A change is seen beside the state before it and native. Peers run only if they are asked for.
    (before !== undefined ? ['treadle']
    : quick ? local
    : [...local, ...peers]);
  const strange = chosen.find((name) => ![...local, ...peers].includes(name));
  if (strange !== undefined)
    throw new BadInput(`there is no peer "${strange}"; there are ${[...local, ...peers].join(', ')}`);
  // Only names of one word: 'effect gen' comes with --peers effect.
  const heads = [...new Set(all.flatMap(({ variants }) => Object.keys(variants).map(headOf)))].filter(
    (head) => !head.includes(' '),
  );
  const listed = words(columns);
  const odd = listed?.find((head) => !heads.includes(head));
  if (odd !== undefined) throw new BadInput(`there is no variant "${odd}"; there are ${heads.join(', ')}`);
  // Native is always measured, because everything is divided by it.
  const has = (variant: string) =>
    variant === 'native' || (listed ? listed.includes(headOf(variant)) : chosen.includes(peerOf(variant)));

  const named = words(only);
  const unknown = named?.find((word) => !all.some(({ id }) => id.includes(word)));
  if (unknown !== undefined)
    throw new BadInput(`no workload's name has "${unknown}"; there are ${all.map(({ id }) => id).join(', ')}`);
  const workloads = all
    .filter(({ id }) => !named || named.some((word) => id.includes(word)))
    .map((workload) => ({
      ...workload,
      variants: Object.fromEntries(Object.entries(workload.variants).filter(([variant]) => has(variant))),
    }))
    // Only treadle's own variants can be compared with the state before.
    .filter(({ variants }) =>
      Object.keys(variants).some((variant) => before === undefined || peerOf(variant) === 'treadle'),
    );
  if (workloads.length === 0)
    throw new BadInput('nothing is left to measure: --before compares variants of treadle, and none was chosen');
  return {
    rounds: quick ? 1 : Number(rounds),
    quick,
    json,
    svg,
    before,
    workloads,
    needsPeers: workloads.some(({ variants }) =>
      Object.keys(variants).some((variant) => peers.includes(peerOf(variant))),
    ),
  };
}
