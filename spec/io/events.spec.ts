import { EventEmitter, getEventListeners } from 'node:events';
import {
  cancel,
  Channel,
  coroutine,
  forEach,
  now,
  on,
  once,
  race,
  run,
  runSync,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('events');

/** How many listeners there are. */
const listeners = (source: EventEmitter | EventTarget, ...events: string[]) =>
  events.map((event) =>
    source instanceof EventEmitter ? source.listenerCount(event) : getEventListeners(source, event).length,
  );

const emitting = coroutine(
  'emitting',
  function* (source: EventEmitter | EventTarget, event: string, ...values: unknown[]) {
    for (const value of values) {
      yield* sleep(10);
      if (source instanceof EventEmitter) source.emit(event, value);
      else source.dispatchEvent(Object.assign(new Event(event), { value }));
    }
  },
);

/** The work as a task of its own. */
const spawnAndJoin = coroutine('spawnAndJoin', function* (work: Coroutine<unknown>) {
  return yield* yield* spawn(work);
});

// ---- once

test('once gives the arguments of an emitter, and the event of a target', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const target = new EventTarget();
    yield* spawn(emitting(emitter, 'x', 1, 2));
    yield* spawn(emitting(target, 'x', 1, 2));
    assert.equal(yield* once(emitter, 'x'), [1]);
    assert.is(yield* now(), 10);
    const event = yield* once<Event & { value: number }>(target, 'x');
    assert.instance(event, Event);
    assert.is(event.value, 2);
    assert.equal([...listeners(emitter, 'x', 'error'), ...listeners(target, 'x')], [0, 0, 0]);
  });
});

test('once gives all arguments, also none', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const both = yield* spawn(once<[number, string]>(emitter, 'both'));
    const none = yield* spawn(once<[]>(emitter, 'none'));
    yield* yieldNow();
    emitter.emit('both', 1, 'two');
    emitter.emit('none');
    assert.equal([yield* both, yield* none], [[1, 'two'], []]);
  });
});

test("once throws an emitter's 'error', and removes both listeners", () => {
  const error = new Error('no');
  virtually(function* () {
    const emitter = new EventEmitter();
    yield* spawn(emitting(emitter, 'error', error));
    assert.is(yield* caught(once(emitter, 'x')), error);
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
  });
});

test("once of 'error' gives it; of a target it is an event like others", () => {
  const error = new Error('no');
  virtually(function* () {
    const [emitter, target] = [new EventEmitter(), new EventTarget()];
    yield* spawn(emitting(emitter, 'error', error));
    yield* spawn(emitting(target, 'error', 1));
    yield* spawn(emitting(target, 'x', 0, 2));
    const x = yield* spawn(once<Event & { value: number }>(target, 'x'));
    assert.equal(yield* once(emitter, 'error'), [error]);
    assert.is((yield* x).value, 0);
    assert.equal(listeners(emitter, 'error'), [0]);
  });
});

test('once that is cancelled, or loses, removes its listeners', () => {
  virtually(function* () {
    for (const source of [new EventEmitter(), new EventTarget()]) {
      const task = yield* spawn(once(source as EventEmitter, 'x'));
      yield* yieldNow();
      assert.equal(listeners(source, 'x'), [1]);
      yield* cancel(task);
      assert.equal(listeners(source, 'x', 'error'), [0, 0]);
      assert.instance(yield* caught(timeout(5, once(source as EventEmitter, 'x'))), TimeoutError);
      yield* race([once(source as EventEmitter, 'x'), sleep(5)]);
      assert.equal(listeners(source, 'x', 'error'), [0, 0]);
    }
  });
});

test('once that has come and is cancelled in the same turn is cancelled', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const task = yield* spawn(once(emitter, 'x'));
    yield* yieldNow();
    emitter.emit('x');
    emitter.emit('x');
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
  });
});

test('once of what happens while the listener is added is answered, and listens no more', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    emitter.on('newListener', (event: string, listener: (value: string) => void) => {
      if (event === 'x') listener('at once');
    });
    assert.equal(yield* once(emitter, 'x'), ['at once']);
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
  });
});

test('a signal is a target', () => {
  virtually(function* () {
    const controller = new AbortController();
    const task = yield* spawn(once(controller.signal, 'abort'));
    yield* sleep(1);
    controller.abort();
    assert.is((yield* task).type, 'abort');
  });
});

test('an emitter of any kind with on and off will do', () => {
  virtually(function* () {
    const handlers = new Map<string, (value: number) => void>();
    const emitter = {
      on: (event: string, handler: (value: number) => void) => void handlers.set(event, handler),
      off: (event: string) => void handlers.delete(event),
    };
    const task = yield* spawn(once<[number]>(emitter, 'x'));
    yield* yieldNow();
    handlers.get('x')!(5);
    const [n] = yield* task;
    assert.equal([n, handlers.size], [5, 0]);
  });
});

// ---- on

test('on gives a channel of what comes, from then on, and misses nothing', () => {
  for (const source of [new EventEmitter(), new EventTarget()])
    virtually(function* () {
      const events = yield* on<any>(source as EventEmitter, 'x');
      assert.instance(events, Channel);
      yield* emitting(source, 'x', 1, 2, 3);
      assert.is(events.size, 3);
      for (const expected of [1, 2, 3]) {
        const { value } = yield* events.receive();
        assert.is(source instanceof EventEmitter ? value[0] : value.value, expected);
      }
      events.close();
      assert.equal(listeners(source, 'x', 'error'), [0, 0]);
      assert.ok((yield* events.receive()).done);
    });
});

test('forEach works on each as it comes; left early, it listens no more', () => {
  const error = new Error('enough');
  virtually(function* () {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    yield* spawn(emitting(emitter, 'x', 1, 2, 3, 4));
    assert.is(
      yield* caught(
        forEach(yield* on<[number]>(emitter, 'x'), function* ([n]): Coroutine<void> {
          seen.push([n, yield* now()]);
          if (n === 3) throw error;
        }),
      ),
      error,
    );
    assert.equal(seen, [
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
  });
});

test('it ends with the task that listens, however that ends', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const opened: Channel<unknown[]>[] = [];
    const open = coroutine('open', function* (then: () => Coroutine<void>) {
      opened.push(yield* on(emitter, 'x'));
      yield* then();
    });
    yield* yield* spawn(
      open(function* () {
        yield* sleep(5);
      }),
    );
    yield* caught(
      yield* spawn(
        open(function* () {
          throw new Error('no');
        }),
      ),
    );
    const cancelled = yield* spawn(
      open(function* () {
        yield* sleep(Infinity);
      }),
    );
    yield* sleep(1);
    assert.equal(listeners(emitter, 'x', 'error'), [1, 1]);
    yield* cancel(cancelled);
    yield* yieldNow();
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
    assert.equal(
      opened.map(({ closed }) => closed),
      [true, true, true],
    );
  });
});

test('also with main', () => {
  const emitter = new EventEmitter();
  runSync(on(emitter, 'x'));
  assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
});

test('closing it leaves nothing at the task', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const task = yield* spawn(
      (function* () {
        for (let i = 0; i < 100; i++) (yield* on(emitter, 'x')).close();
        yield* sleep(10);
      })(),
    );
    yield* sleep(1);
    assert.is(task._first, undefined);
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
  });
});

test("an emitter's 'error' closes the channel with it: what came before can be received", () => {
  const error = new Error('no');
  virtually(function* () {
    const emitter = new EventEmitter();
    const events = yield* on<[number]>(emitter, 'x');
    emitter.emit('x', 1);
    emitter.emit('error', error);
    assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
    assert.equal((yield* events.receive()).value, [1]);
    assert.is(yield* caught(events.receive()), error);
    const errors = yield* on<[Error]>(emitter, 'error');
    emitter.emit('error', error);
    emitter.emit('error', error);
    assert.equal([(yield* errors.receive()).value![0], (yield* errors.receive()).value![0]], [error, error]);
  });
});

test('a listener of the same event that closes the channel does not make emit throw', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const heard: unknown[] = [];
    let events: Channel<any> | undefined;
    emitter.on('x', () => events?.close());
    emitter.on('error', () => events?.close());
    for (const event of ['x', 'error']) {
      events = yield* on(emitter, 'x');
      emitter.on(event, () => heard.push(event));
      emitter.emit(event, new Error('no'));
      assert.ok((yield* events.receive()).done);
      assert.is(listeners(emitter, 'x')[0], 2); // those of this spec
    }
    assert.equal(heard, ['x', 'error']);
    const target = new EventTarget();
    target.addEventListener('x', () => events?.close());
    const targeted = (events = yield* on(target, 'x'));
    target.dispatchEvent(new Event('x'));
    assert.ok((yield* targeted.receive()).done);
  });
});

test("an emitter's 'error' that nobody receives makes the task fail at its end; received, it does not", () => {
  const error = new Error('no');
  const emitter = new EventEmitter();
  const program = function* (receives: boolean): Coroutine<string> {
    const events = yield* on(emitter, 'x');
    emitter.emit('error', error);
    if (receives) assert.is(yield* caught(events.receive()), error);
    yield* sleep(5);
    return 'over';
  };
  assert.is(runSync(caught(spawnAndJoin(program(false)))), error);
  assert.match(error.stack!, /in task on x, spawned by/);
  assert.is(runSync(program(true)), 'over');
  assert.equal(listeners(emitter, 'x', 'error'), [0, 0]);
});

test("an emitter's 'error' without an error is an error all the same", () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const events = yield* on(emitter, 'x');
    emitter.emit('error', undefined);
    const received = yield* spawn(
      (function* () {
        try {
          return yield* events.receive();
        } catch (thrown) {
          return [thrown];
        }
      })(),
    );
    assert.equal(yield* received, [undefined]);
  });
});

test('one who waits for the next event and is cancelled misses none', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    const events = yield* on<[number]>(emitter, 'x');
    assert.instance(yield* caught(timeout(5, events.receive())), TimeoutError);
    const waiting = yield* spawn(events.receive());
    yield* turns(2);
    emitter.emit('x', 1);
    waiting.cancel();
    assert.equal((yield* events.receive()).value, [1]);
  });
});

test("on the system's clock, with the events of the host", async () => {
  const target = new EventTarget();
  const timer = setInterval(() => target.dispatchEvent(new Event('tick')), 1);
  const seen = await run(
    (function* () {
      let count = 0;
      const ticks = yield* on(target, 'tick');
      while (count < 3) if ((yield* ticks.receive()).value?.type === 'tick') count++;
      return count;
    })(),
  );
  clearInterval(timer);
  assert.equal([seen, ...listeners(target, 'tick')], [3, 0]);
});

for (const [text, wrong] of Object.entries<unknown>({
  undefined,
  null: null,
  '5': 5,
  'a function': () => {},
  'an object': {},
  'an emitter without off': { on() {} },
})) {
  test(`once and on of ${text} are errors at the call`, () => {
    refuses(() => once(wrong as never, 'x'), /once takes an EventEmitter or EventTarget/);
    refuses(() => on(wrong as never, 'x'), /on takes an EventEmitter or EventTarget/);
  });
}

test('its effects show what was asked for', () => {
  assert.match(String(once(new EventTarget(), 'click')), /^once\(.*, 'click'\)$/);
  assert.match(String(on(new EventTarget(), 'click')), /^on\(.*, 'click'\)$/);
});

test.run();
