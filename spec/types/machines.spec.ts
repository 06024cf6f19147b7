// What calls on other machines are given and give: the options of both sides, results, keys and progress.
// The compiler checks the body; it is not run.
import { main } from 'treadle';
import type { Effect, Settled } from 'treadle';
import { machines, MachinesError, serve } from 'treadle/distributed';
import type {
  Machines,
  MachinesCallOptions,
  MachinesErrorCode,
  MachinesOptions,
  ServeOptions,
} from 'treadle/distributed';
import { runIn } from 'treadle/workers';
import type { Executor } from 'treadle/workers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type } from '../support/types.ts';

const root = new URL('./', import.meta.url);
const jobs = new URL('./jobs.js', root);
const least = { root, version: '1.4.2' };

export async function options(url: string | undefined): Promise<void> {
  type<Machines>()(machines(least));
  machines({ ...least, url, inFlight: undefined, pool: { workers: 2, concurrency: 16 }, orphans: 'finish' });
  machines({ ...least, url: new URL('redis://localhost'), root: '/srv/jobs' } satisfies MachinesOptions);
  // @ts-expect-error: hosts of which version?
  machines({ root });
  // @ts-expect-error: modules below which folder?
  machines({ version: '1.4.2' });
  // @ts-expect-error: they are cancelled, or finish
  machines({ ...least, orphans: 'adopt' });
  // @ts-expect-error: an option that does not exist
  machines({ ...least, leases: 1_000 });
  // @ts-expect-error: without a server they are processes
  machines({ ...least, pool: { kind: 'thread' } });
  // @ts-expect-error: the name is that of the machines
  machines({ ...least, pool: { name: 'mine' } });
  await using inScope = machines(least);
  type<Machines>()(inScope);
}

export function hosts(url: string | undefined): void {
  const served = { ...least, url: 'redis://localhost', modules: ['jobs.js'] } as const satisfies ServeOptions;
  type<Effect<void>>()(serve(served));
  main(serve({ ...served, pool: { workers: 4 }, onReady: () => console.log('ready'), onError: console.error }));
  serve({ ...served, pool: { kind: 'thread' }, drain: Infinity });
  // @ts-expect-error: a host needs a server
  serve({ ...served, url });
  // @ts-expect-error: a list of modules
  serve({ ...served, modules: 'jobs.js' });
  // @ts-expect-error: whether a call is tried again is said by its caller
  serve({ ...served, pool: { retries: 1 } });
}

export function* calls(pool: Machines) {
  type<Executor<MachinesCallOptions>>()(pool as Executor<MachinesCallOptions>);
  const anywhere: Executor = pool; // a function that takes an executor takes machines
  type<number>()(yield* runIn<number>(anywhere, jobs, 'f', [1]));
  type<unknown>()(yield* pool.apply(jobs, 'f'));
  type<number>()(yield* pool.apply<number>(jobs, 'f', [1], { retries: 1, key: 'order 17' }));
  type<number[]>()(yield* pool.map<number>(jobs, 'f', [1, 2], { key: (item: number) => `${item}` }));
  type<Settled<number>[]>()(yield* pool.mapSettled<number>(jobs, 'f', new Set([1]), { key: () => 'all' }));
  for (const next of pool.imap<number>(jobs, 'f', [1], { ordered: true, key: 'one' })) {
    type<Effect<number>>()(next);
    type<number>()(yield* next);
  }
  pool.apply(jobs, 'f', [1, 'a'], { key: (order: number, name: string) => `${order} ${name}` });
  // @ts-expect-error: a key is a text
  pool.apply(jobs, 'f', [1], { key: 17 });
  // @ts-expect-error: and so is what a function gives
  pool.map(jobs, 'f', [1], { key: (item: number) => item });
  // @ts-expect-error: an option that does not exist
  pool.map(jobs, 'f', [1], { keys: 'order 17' });
  // @ts-expect-error: a map is always in order
  pool.map(jobs, 'f', [1], { ordered: true });
  const onProgress = (value: unknown, args: readonly unknown[]) => console.log(value, args);
  pool.map(jobs, 'f', [1], { onProgress });
  // @ts-expect-error: what comes from another machine may be anything
  pool.map(jobs, 'f', [1], { onProgress: (value: number) => console.log(value) });
}

export function failed(error: unknown): string {
  if (!(error instanceof MachinesError)) return '';
  type<MachinesErrorCode>()(error.code);
  // @ts-expect-error: there is no such code
  if (error.code === 'no-redis') return error.code;
  return error.message;
}

test('the types above are checked by the compiler', () => assert.type(calls, 'function'));

test.run();
