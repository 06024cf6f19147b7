import { cancel, spawn, yieldNow } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { virtually } from '../support/virtual.ts';

const test = suite('yieldNow');

test('everybody who is ready has a turn, in order', () => {
  const log: string[] = [];
  virtually(function* () {
    const worker = function* (name: string) {
      for (let i = 1; i <= 2; i++) {
        log.push(`${name}${i}`);
        yield* yieldNow();
      }
    };
    yield* spawn(worker('a'));
    yield* spawn(worker('b'));
    yield* spawn(worker('c'));
  });
  assert.equal(log, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('a task that is cancelled while it gives way does not go on', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          for (;;) {
            log.push('turn');
            yield* yieldNow();
          }
        } finally {
          yield* yieldNow();
          log.push('clean');
        }
      })(),
    );
    yield* yieldNow();
    yield* yieldNow();
    yield* cancel(task);
  });
  assert.equal(log, ['turn', 'turn', 'clean']);
});

test.run();
