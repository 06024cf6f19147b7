// Exercise 11: once.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<any, T, any>;
type Listener = (value: unknown) => void;

/** It calls those listeners that were there when it began, in the order in which they came. */
class Emitter {
  readonly listeners: { readonly event: string; readonly listener: Listener }[] = [];
  /** Each new listener of this event is called once before it is added. */
  private readonly replayed: string | undefined;

  constructor(replayed?: string) {
    this.replayed = replayed;
  }

  on(event: string, listener: Listener): void {
    if (event === this.replayed) listener('at once');
    this.listeners.push({ event, listener });
  }

  off(event: string, listener: Listener): void {
    const index = this.listeners.findIndex((one) => one.event === event && one.listener === listener);
    if (index >= 0) this.listeners.splice(index, 1);
  }

  emit(event: string, value: unknown): void {
    for (const one of [...this.listeners]) if (one.event === event) one.listener(value);
  }

  toString(): string {
    return 'an emitter';
  }
}

export function check(answer: Answer, { cancel, now, runSync, sleep, spawn, yieldNow }: Engine): void {
  const once = exported<(emitter: Emitter, event: string) => Coroutine>(answer, 'once');

  /** What came of each `once('news')`, and when. `outside` is what happens after the first one was asked for. */
  function run(emitter: Emitter, outside: (task: { cancel(): void }, ask: () => Coroutine) => Coroutine) {
    const notes: string[] = [];
    function* ask() {
      let note = 'nothing, because it was cancelled';
      try {
        note = `the value '${yield* once(emitter, 'news')}'`;
      } catch (error) {
        note = error instanceof Error ? `the error '${error.message}'` : `the error ${error}`;
      } finally {
        notes.push(`${note} at ${yield* now()} ms`);
      }
    }
    function* main() {
      const task = yield* spawn(ask());
      yield* sleep(10);
      yield* outside(task, ask);
    }
    try {
      runSync(main());
    } catch (error) {
      notes.push(`${error instanceof Error ? error.name : error} out of the program`);
    }
    return { told: notes.join(', then ') || 'nothing', left: emitter.listeners.length };
  }
  const count = (left: number) => `${left} listener${left === 1 ? ' was' : 's were'} left behind`;

  const late = new Emitter();
  const { told, left } = run(late, function* () {
    late.emit('weather', 'rain');
    late.emit('news', 'first');
  });
  must(
    told === "the value 'first' at 10 ms",
    `When the event comes at 10 ms with 'first', that is the value, at 10 ms, but there was ${told}.`,
  );
  must(left === 0, `When the event has come, ${count(left)}.`);

  const again = new Emitter();
  const second = run(again, function* (_task, ask) {
    again.emit('news', 'first');
    const task = yield* spawn(ask());
    yield* sleep(10);
    again.emit('news', 'second');
    yield* task;
  });
  must(
    second.told === "the value 'first' at 10 ms, then the value 'second' at 20 ms",
    `A second call should get the next event, at 20 ms, but there was ${second.told}.`,
  );

  const early = new Emitter('news');
  const atOnce = run(early, function* () {});
  must(
    atOnce.told === "the value 'at once' at 0 ms",
    `An emitter that calls the listener at once, with 'at once', should be heard at 0 ms, but there was ${atOnce.told}.`,
  );
  must(
    atOnce.left === 0,
    `An emitter that calls a listener while that is being added, and then adds it: ${count(atOnce.left)}.`,
  );

  const often = new Emitter();
  let thrown = '';
  const twice = run(often, function* () {
    try {
      often.emit('news', 'first');
      often.emit('news', 'second');
      often.emit('error', new Error('third'));
    } catch (error) {
      thrown = `${error}`;
    }
  });
  must(
    thrown === '',
    `When the event comes twice in a row, and then an error, no listener should throw, but one threw ${thrown}.`,
  );
  must(
    twice.told === "the value 'first' at 10 ms",
    `Of 'first', 'second' and an error in a row the first one counts, but there was ${twice.told}.`,
  );

  const broken = new Emitter();
  const error = run(broken, function* () {
    broken.emit('error', new Error('no network'));
    broken.emit('news', 'too late');
  });
  must(
    error.told === "the error 'no network' at 10 ms",
    `When 'error' is emitted at 10 ms with 'no network', that is thrown, but there was ${error.told}.`,
  );
  must(error.left === 0, `When an error has come, ${count(error.left)}.`);

  const silent = new Emitter();
  const cancelled = run(silent, function* (task) {
    task.cancel();
    yield* sleep(10);
  });
  must(cancelled.left === 0, `When the wait was cancelled, ${count(cancelled.left)}.`);
  must(
    cancelled.told === 'nothing, because it was cancelled at 10 ms',
    `A wait that is cancelled at 10 ms is over then, but there was ${cancelled.told}.`,
  );

  const unread = new Emitter();
  const between = run(unread, function* (task) {
    unread.emit('news', 'not read');
    task.cancel();
    yield* yieldNow();
  });
  must(
    between.left === 0 && between.told === 'nothing, because it was cancelled at 10 ms',
    `Cancelled between the event and its turn, a task should be over and no listener left, but there was ${between.told}, and ${count(between.left)}.`,
  );

  const shared = new Emitter();
  const both = run(shared, function* (task, ask) {
    const other = yield* spawn(ask());
    yield* yieldNow();
    yield* cancel(task as never);
    shared.emit('news', 'for the other');
    yield* other;
  });
  must(
    both.told.endsWith("the value 'for the other' at 10 ms"),
    `Two tasks wait, and one is cancelled: the other should still get its event, but there was ${both.told}.`,
  );

  const never = new Emitter();
  const stuck = run(never, function* () {});
  must(
    stuck.told.includes('DeadlockError') && stuck.left === 0,
    `An event that never comes is a deadlock, and then no listener is left, but there was ${stuck.told}, and ${count(stuck.left)}.`,
  );
}
