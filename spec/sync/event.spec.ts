import { deepStrictEqual } from 'node:assert';
import { cancel, Event, sleep, spawn, timeout, yieldNow } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('Event');

test('set wakes all who wait, in order, never inline', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const event = new Event();
    for (const name of ['a', 'b', 'c'])
      yield* spawn(
        (function* () {
          yield* event.wait();
          log.push(name);
        })(),
      );
    yield* yieldNow();
    event.set();
    log.push('set');
  });
  assert.equal(log, ['set', 'a', 'b', 'c']);
});

test('an event that is set is not waited for: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    const event = new Event();
    assert.not(event.isSet);
    event.set();
    assert.ok(event.isSet);
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* event.wait();
    log.push('main');
  });
  assert.equal(log, ['main', 'other']);
});

test('set and clear in one turn still wake those who waited, and nobody who comes later', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const event = new Event();
    const waiter = function* (name: string) {
      yield* event.wait();
      log.push(name);
    };
    yield* spawn(waiter('early'));
    yield* yieldNow();
    event.set();
    event.clear();
    assert.not(event.isSet);
    const late = yield* spawn(waiter('late'));
    yield* sleep(10);
    assert.equal(log, ['early']);
    yield* cancel(late);
  });
});

test('after clear it can be set again', () => {
  virtually(function* () {
    const event = new Event();
    let count = 0;
    yield* spawn(
      (function* () {
        for (;;) {
          yield* event.wait();
          event.clear();
          count++;
        }
      })(),
      { daemon: true },
    );
    for (let i = 0; i < 3; i++) {
      yield* sleep(1);
      event.set();
    }
    yield* sleep(1);
    assert.is(count, 3);
  });
});

test('set twice and clear twice are as once', () => {
  virtually(function* () {
    const event = new Event();
    event.clear();
    event.set();
    event.set();
    assert.ok(event.isSet);
    event.clear();
    event.clear();
    assert.not(event.isSet);
  });
});

test('one who is cancelled while it waits, or in the turn of set, does not go on and disturbs nobody', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const event = new Event();
    const waiter = function* (name: string) {
      yield* event.wait();
      log.push(name);
    };
    const tasks = [yield* spawn(waiter('a')), yield* spawn(waiter('b')), yield* spawn(waiter('c'))];
    yield* yieldNow();
    tasks[0]!.cancel();
    event.set();
    tasks[1]!.cancel();
    yield* sleep(1);
    assert.equal(
      tasks.map(({ state }) => state),
      ['cancelled', 'cancelled', 'succeeded'],
    );
  });
  assert.equal(log, ['c']);
});

test('with a time limit', () => {
  virtually(function* () {
    const event = new Event();
    assert.is((yield* caught(timeout(10, event.wait()))).name, 'TimeoutError');
    event.set();
    yield* timeout(0, event.wait());
  });
});

test('has a name that its effects show', () => {
  const event = new Event({ name: 'started' });
  assert.equal([event.name, String(event.wait()), new Event().name], ['started', 'started.wait()', 'event']);
  deepStrictEqual(event.wait(), event.wait());
});

test.run();
