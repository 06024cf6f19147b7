// wakeFirst: two tasks that go on as if in one step.
import { spawn, yieldNow } from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Effect, SUSPENDED } from '../../lib/kernel/effect.ts';
import { wakeFirst } from '../../lib/kernel/wake-first.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('wakeFirst');

/** Waits for a wake-up that nobody can undo. */
const parked = new Effect<void>('parked', undefined, () => SUSPENDED);

function* sleeper(log: string[], name: string) {
  yield* parked;
  log.push(name);
}

test('the task goes on directly after the step that runs now, before all that is ready', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = (yield* spawn(sleeper(log, 'first'))) as Task;
    yield* yieldNow();
    yield* spawn(
      (function* () {
        log.push('ready before');
      })(),
    );
    wakeFirst(task);
    log.push('rest of the step');
    yield* yieldNow();
    log.push('next turn');
  });
  assert.equal(log, ['rest of the step', 'first', 'ready before', 'next turn']);
});

test('when nothing else is ready, others can be queued behind it', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = (yield* spawn(sleeper(log, 'first'))) as Task;
    yield* yieldNow();
    wakeFirst(task);
    yield* spawn(
      (function* () {
        log.push('second');
      })(),
    );
    yield* task;
  });
  assert.equal(log, ['first', 'second']);
});

test.run();
