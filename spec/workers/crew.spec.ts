// A crew with a worker that is played by the spec, so that answers come at moments which real workers seldom hit.
import { run, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Arrivals } from '../../lib/workers/arrivals.ts';
import { Crew } from '../../lib/workers/crew.ts';
import { Executor } from '../../lib/workers/executor.ts';
import { pack } from '../../lib/workers/packed-error.ts';
import type { Answer, Order } from '../../lib/workers/protocol.ts';
import { hostTurns } from '../support/host.ts';

const test = suite('a crew');

function* busy(): Coroutine<never> {
  for (; ; yield* yieldNow()) for (const end = performance.now() + 15; performance.now() < end;);
}

/** A pool with one worker, of one call at a time or more. `items` has the arguments of the calls that were sent to it, `answer` is the worker's. */
function played(concurrency = 1) {
  const items: unknown[] = [];
  let answered: (message: unknown) => void;
  let ended: () => void;
  const crew = new Crew({
    ...{ kind: 'thread', name: 'played', workers: 1, concurrency, retries: 0, maxTasks: Infinity },
    ...{ initializer: undefined, grace: 1_000, idle: Infinity },
    launch(_, onAnswer, onEnd) {
      answered = onAnswer;
      ended = () => onEnd({ exitCode: 0 });
      return {
        ...{ label: 'played', id: 1, arrivals: new Arrivals() },
        post(order: Order) {
          if (order.treadle === 'run') items.push(order.call.args[0]);
          if (order.treadle === 'end') setImmediate(ended);
        },
        hold() {},
        kill: () => void setImmediate(ended),
      };
    },
  });
  return { pool: new Executor(crew), items, answer: (one: Answer) => answered(one) };
}

test('begins no item of a map behind a failure, in whichever turn the map hears of it', async () => {
  for (let turns = 0; turns < 6; turns++) {
    const { pool, items, answer } = played();
    const program = function* (): Coroutine<unknown> {
      // Each step of this one ends the slice of the loop.
      yield* spawn(busy(), { daemon: true });
      return yield* pool.map('file:///jobs.js', 'f', ['a', 'b', 'c', 'd']);
    };
    const result = run(program());
    await hostTurns(12);
    assert.equal(items, ['a']);
    answer({ treadle: 'value', id: 1, value: 'A' });
    await hostTurns(turns);
    answer({ treadle: 'error', id: 2, error: pack(new Error('not b')), aborted: false, unfit: undefined });
    assert.match(((await result.then(undefined, (error) => error)) as Error).message, /not b/);
    assert.equal(items, ['a', 'b'], `${turns} turns`);
  }
});

test('a map of which several items fail in one turn throws the first of these errors', async () => {
  const { pool, answer } = played(2);
  const result = run(pool.map('file:///jobs.js', 'f', ['a', 'b', 'c', 'd']));
  await hostTurns(2);
  for (const id of [2, 1])
    answer({ treadle: 'error', id, error: pack(new Error(`not ${id}`)), aborted: false, unfit: undefined });
  assert.is(((await result.then(undefined, (error) => error)) as Error).message, 'not 2');
});

test.run();
