// The command line of the benchmark. What makes no sense ends it with one line and exit code 2.
import { parseArgs } from 'node:util';
import type { Workload } from './workload.ts';

export interface Options {
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  /** Those that are wanted, with the variants that are wanted. */
  readonly workloads: readonly Workload[];
  /** Some of the variants are of peers that must be installed. */
  readonly needsPeers: boolean;
}

/** What the person typed is wrong. */
export class BadInput extends Error {}

const local = ['treadle', 'native', 'floor'];
const peers = ['effect', 'effection', 'redux-saga', 'co', 'bluebird'];
const words = (text: string | undefined) => text?.split(/[\s,]+/).filter(Boolean);

export function read(argv: readonly string[], all: readonly Workload[]): Options {
  const text = { type: 'string' } as const;
  const parse = () => {
    try {
      return parseArgs({
        args: [...argv],
        options: { rounds: text, only: text, peers: text, quick: { type: 'boolean' }, json: text, svg: text },
      }).values;
    } catch (error) {
      throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
    }
  };
  const { rounds = '5', only, peers: wanted, quick = false, json, svg } = parse();
  if (!/^[1-9]\d?$/.test(rounds)) throw new BadInput(`--rounds takes a number from 1 to 99, and not "${rounds}"`);

  const chosen = words(wanted) ?? (quick ? local : [...local, ...peers]);
  const strange = chosen.find((name) => ![...local, ...peers].includes(name));
  if (strange !== undefined)
    throw new BadInput(`there is no peer "${strange}"; there are ${[...local, ...peers].join(', ')}`);
  // Native is always measured: everything is divided by it.
  const has = (variant: string) => variant === 'native' || chosen.includes(variant.split(' ')[0]!);

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
    .filter(({ variants }) => Object.keys(variants).length > 0);
  return {
    rounds: quick ? 1 : Number(rounds),
    quick,
    json,
    svg,
    workloads,
    needsPeers: chosen.some((name) => peers.includes(name)),
  };
}
