// What is thrown may be anything, also something that throws when it is looked at: only the task that threw it fails.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, any, join, race, run, runSync, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { combine } from '../../lib/words/combine.ts';
import { addTaskPath, origin } from '../../lib/words/task-path.ts';
import { explainError, isInstance, listErrors } from '../../lib/words/thrown.ts';
import { caught, thrown } from '../support/errors.ts';

const test = suite('thrown');

function no(): never {
  throw new Error('no');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An error one of whose fields throws when it is read. */
const hostile = (error: Error, field: string): Error => Object.defineProperty(error, field, { get: no });

class Hidden extends TypeError {
  override get message(): string {
    return no();
  }
  override get name(): string {
    return no();
  }
  override get stack(): string {
    return no();
  }
}

const values: [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a string', () => 'text'],
  ['a symbol', () => Symbol('wrong')],
  ['an object without a prototype', () => Object.create(null) as object],
  ['a revoked proxy', revoked],
  ['a proxy of an error, revoked', () => {
    const { proxy, revoke } = Proxy.revocable(new TypeError('x'), {});
    revoke();
    return proxy;
  }], // prettier-ignore
  ['a proxy that allows nothing', () =>
    new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, no])))], // prettier-ignore
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['an error without a stack', () => Object.assign(new Error('x'), { stack: undefined })],
  ['an error whose message cannot be read', () => hostile(new TypeError('x'), 'message')],
  ['an error whose stack cannot be read', () => hostile(new Error('x'), 'stack')],
  ['an error whose name cannot be read', () => hostile(new Error('x'), 'name')],
  ['an error of a class whose fields cannot be read', () => Object.assign(new Hidden())],
  ['an error whose stack cannot be set', () =>
    Object.defineProperty(new Error('x'), 'stack', { get: () => 'at x', set: no })], // prettier-ignore
];

function* throwing(value: unknown): Coroutine<never> {
  yield* sleep(1);
  throw value;
}

for (const [what, make] of values) {
  test(`${what} that a task throws is thrown to the one who joins, and everything else goes on`, async () => {
    function* program(): Coroutine<unknown[]> {
      const value = make();
      const bystander = yield* spawn(
        (function* () {
          yield* sleep(5);
          return 'went on';
        })(),
      );
      const child = yield* spawn(throwing(value));
      const errors = [
        yield* caught(child),
        yield* caught(join(child)),
        yield* caught(all([throwing(value), sleep(10)])),
        yield* caught(race([throwing(value), sleep(10)])),
        yield* caught(timeout(10, throwing(value))),
      ];
      const none = yield* caught(any([throwing(value), throwing(make())]));
      assert.instance(none, AggregateError);
      errors.push(none.errors[0]);
      String(child); // prints
      return [yield* bystander, ...errors.map((error) => Object.is(error, value))];
    }
    const expected = ['went on', true, true, true, true, true, true];
    assert.equal(runSync(program()), expected);
    assert.equal(await run(program()), expected);
  });

  test(`${what} that main throws is what run rejects with and runSync throws`, async () => {
    const value = make();
    const results = [];
    try {
      runSync(throwing(value));
    } catch (error) {
      results.push(Object.is(error, value));
    }
    // In a box: a promise cannot be fulfilled with what cannot be looked at.
    const box = await run(throwing(value)).then(undefined, (error: unknown) => [error]);
    results.push(Object.is((box as unknown[])[0], value));
    assert.equal(results, [true, true]);
  });

  test(`${what} beside another failure that nobody joined is one of an AggregateError`, () => {
    const value = make();
    const other = new Error('other');
    let error: unknown;
    try {
      runSync(
        (function* () {
          yield* spawn(throwing(value));
          yield* spawn(throwing(other));
          yield* sleep(5);
        })(),
      );
    } catch (caught) {
      error = caught;
    }
    assert.instance(error, AggregateError);
    const { errors } = error as AggregateError;
    assert.ok(errors.some((one) => Object.is(one, value)) && errors.includes(other));
  });

  test(`${what} is no error for the functions that look at what is thrown`, () => {
    const value = make();
    const task = { name: 'child', parent: { name: 'main', parent: undefined } };
    assert.ok(Object.is(explainError(value, task), value));
    assert.is(isInstance(value, RangeError), false);
    addTaskPath(value, task);
    assert.ok(Object.is(combine([value]), value));
    assert.ok(Object.is(combine([value, value]), value));
    assert.instance(combine([value, new Error('other')]), AggregateError);
    assert.type(listErrors([value]), 'string');
  });
}

test('the path of tasks is added to the stack of an error, up to 10,000 characters', () => {
  const error = new Error('x');
  const task = { name: 'page', parent: { name: 'main', parent: undefined } };
  addTaskPath(error, task);
  addTaskPath(error, task.parent);
  assert.match(error.stack!, /\n    in task page, spawned by main\n    in task main$/);
  for (let i = 0; i < 10_000; i++) addTaskPath(error, task);
  assert.ok(error.stack!.length < 10_100, `${error.stack!.length} characters`);
  assert.is(origin({ name: 'a\nb', parent: undefined }), 'a b');
  assert.ok(origin({ name: 'x'.repeat(1_000_000), parent: undefined }).length < 100);
});

test('an error of a generator that steps itself says which task did; other errors pass as they are', () => {
  let inside: unknown;
  const stepItself = () => {
    inside = thrown(() => generator.next());
  };
  const generator = (function* () {
    stepItself();
    yield;
  })();
  generator.next();
  const explained = explainError(inside, 'task page') as Error;
  assert.is(explained.name, 'InvalidStateError');
  assert.match(explained.message, /^task page cannot step a generator from inside itself: .*already/);
  for (const other of [new TypeError('x is not a function'), new Error('already running'), 'text', undefined])
    assert.is(explainError(other, 'task page'), other);
});

test('a generator that is stepped from inside itself is told apart by the exact words of each engine', () => {
  for (const words of ['Generator is already running', 'already executing generator', 'Generator is executing']) {
    const explained = explainError(new TypeError(words), '<Task #1 main>') as Error;
    assert.is(explained.message, `<Task #1 main> cannot step a generator from inside itself: ${words}`);
  }
  const others = [new TypeError('Generator is already running, it seems'), new Error('Generator is already running')];
  for (const other of others) assert.is(explainError(other, 'a task'), other);
});

test('of many errors the first nine are listed', () => {
  const errors = Array.from({ length: 100_000 }, (_, i) => new Error(`${i}`));
  const combined = combine(errors) as AggregateError;
  assert.is(combined.errors.length, 100_000);
  assert.match(combined.message, /^Error: 0; Error: 1; .*; Error: 8; and 99991 more$/);
});

test.run();
