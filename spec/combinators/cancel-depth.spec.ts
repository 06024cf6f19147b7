// Combinators within each other are cancelled by calls from within, but not at any depth.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, cancel, sleep, spawn, yieldNow } from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { cancelEach } from '../../lib/combinators/cancel-depth.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('cancellation of combinators within each other');

/** Stands for the task of a combinator: to cancel it cancels those within it. */
class Fake {
  cancelled = 0;
  readonly within: Fake[];
  readonly done: (fake: Fake) => void;

  constructor(within: Fake[], done: (fake: Fake) => void) {
    this.within = within;
    this.done = done;
  }

  cancel(): void {
    this.cancelled++;
    cancelEach(this.within as unknown as Task[], 'why');
    this.done(this);
  }
}

/** One within the other; the outermost one is first. */
function nested(levels: number, done: (fake: Fake) => void): Fake[] {
  const fakes: Fake[] = [];
  for (let i = 0; i < levels; i++) fakes.push(new Fake(fakes.slice(-1), done));
  return fakes.reverse();
}

test('those within are first', () => {
  const order: Fake[] = [];
  const fakes = nested(10, (fake) => order.push(fake));
  cancelEach([fakes[0]] as unknown as Task[], 'why');
  assert.equal(
    order.map((fake) => fakes.indexOf(fake)),
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  );
});

test('100,000 levels are cancelled, each once, and the stack does not grow with them', () => {
  let deepest = 0;
  let depth = 0;
  const fakes = nested(100_000, () => depth--);
  for (const fake of fakes) {
    const { cancel } = fake;
    fake.cancel = () => {
      deepest = Math.max(deepest, ++depth);
      cancel.call(fake);
    };
  }
  cancelEach([fakes[0]] as unknown as Task[], 'why');
  assert.ok(fakes.every(({ cancelled }) => cancelled === 1));
  assert.ok(deepest < 1000, `${deepest} calls within each other`);
});

test('what was too deep for one cancellation is not left to the next one', () => {
  const first = nested(2000, () => {});
  cancelEach([first[0]] as unknown as Task[], 'why');
  const second = nested(2000, () => {});
  cancelEach([second[0]] as unknown as Task[], 'why');
  for (const fake of [...first, ...second]) assert.is(fake.cancelled, 1);
});

test('3,000 levels of all are cancelled, and every one of them has cleaned up', () => {
  let cleaned = 0;
  const level = (inner: Awaitable<unknown>) =>
    function* (): Coroutine<void> {
      try {
        yield* all([inner]);
      } finally {
        cleaned++;
      }
    };
  virtually(function* () {
    let work: Awaitable<unknown> = sleep(Infinity);
    for (let i = 0; i < 3000; i++) work = level(work)();
    const task = yield* spawn(work);
    for (let i = 0; i < 7000; i++) yield* yieldNow();
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.is(cleaned, 3000);
});

test.run();
