// What calls in workers give: unknown, because only the URL of a module is given, or what the caller says.
// The compiler checks the body; it is not run.
import { forEach } from 'treadle';
import type { Effect, Settled } from 'treadle';
import { Pool, processes, runIn, threads, transfer, WorkerDiedError, workerSignal } from 'treadle/workers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type } from '../support/types.ts';

export async function all(pool: Pool): Promise<void> {
  await using inScope = threads({ workers: 1, retries: undefined });
  type<Pool>()(inScope);
  // @ts-expect-error: a pool is of one kind or the other
  new Pool({ workers: 2 });
  // @ts-expect-error: executors say it by their name
  processes({ kind: 'thread' });
  type<Promise<void>>()(pool[Symbol.asyncDispose]());
  type<AbortSignal>()(workerSignal());
}

export function* calls(pool: Pool) {
  const module = new URL('./jobs.js', import.meta.url);
  type<unknown>()(yield* pool.apply(module, 'f'));
  type<number>()(yield* pool.apply<number>(module, 'f', [1], { retries: 1 }));
  type<string>()(yield* runIn<string>(pool, import.meta.url, 'f', ['a'] as const));
  type<number[]>()(yield* pool.map<number>(module, 'f', [1, 2]));
  type<Settled<number>[]>()(yield* pool.mapSettled<number>(module, 'f', new Set([1])));
  for (const next of pool.imap<number>(module, 'f', [1])) {
    type<Effect<number>>()(next);
    type<number>()(yield* next);
  }
  type<number[]>()(yield* pool.map<number>(module, 'f', [1], { chunk: 10, retries: 1 }));
  for (const next of pool.imap<number>(module, 'f', [1], { chunk: 10, ordered: true })) type<number>()(yield* next);
  // @ts-expect-error: a map is always in order
  pool.map(module, 'f', [1], { ordered: true });
  // @ts-expect-error: one call has no chunks
  pool.apply(module, 'f', [1], { chunk: 10 });
  type<Uint8Array<ArrayBuffer>>()(transfer(new Uint8Array(1)));
  type<{ a: ArrayBuffer }>()(transfer({ a: new ArrayBuffer(1) }, [new ArrayBuffer(1)]));
  // @ts-expect-error: a number is always copied
  transfer(1);
  yield* forEach(pool.imap<number>(module, 'f', [1]), function* (next) {
    type<number>()(yield* next);
  });
  type<void>()(yield* pool.close());
  type<void>()(yield* pool.terminate());
  type<void>()(yield* pool.join());
  const { exitCode, signal, running, worker } = new WorkerDiedError('process 1', {}, ['f()']);
  type<number | undefined>()(exitCode);
  type<string | undefined>()(signal);
  type<readonly string[]>()(running);
  type<string>()(worker);
}

test('the types above are checked by the compiler', () => assert.type(calls, 'function'));

test.run();
