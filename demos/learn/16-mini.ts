// A coroutine library of 60 lines (start, send, throw, join), and the same program on treadle.
import { Channel, join, runSync, spawn } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'a coroutine library of 60 lines, and treadle beside it';
export const help = `
Two coroutines play ball. Each sends the ball to the other and waits until it
comes back, so they take turns. The left column is printed by a library of 60
lines (start, send, throw, join) that is part of this demo's source, to be read.
The right column is printed by treadle, which does the same and adds what a
program needs: time, owners, cancellation, reports.

It has no options.
`;

const BALLS = 5;

// ---------------------------------------------------------------------------------------------
// The library
//
// A generator can stop in the middle (yield) and be continued, with a value (next) or an error
// (throw). Three things make coroutines of it:
//
//   1. A queue of what to continue next. No coroutine continues another one directly: it puts that into
//      the queue, and the loop does it. So no coroutine ever interrupts another one.
//   2. One way to wait: a bare `yield`. Another coroutine ends the wait, with send() or throw(). Then the
//      `yield` gives the value that was sent, or throws the error.
//   3. An end that is kept, the result or the error, for all who join, sooner or later.

type Body<T> = Generator<void, T, any>; // any: only the sender and the receiver know the type of what is sent

/** What to continue, in order. */
const ready: (() => void)[] = [];
/** The coroutine that is running. */
let current: Coroutine<any> | undefined;

/** The event loop: while anything is ready, the first in the queue runs until it waits. */
function loop(): void {
  for (let next; (next = ready.shift());) next();
}

class Coroutine<T> {
  private readonly body: Body<T>;
  private end: { result: T } | { error: unknown } | undefined;
  private readonly joiners: Coroutine<any>[] = [];

  /** Runs nothing: a generator does not begin before its first next(). */
  constructor(body: Body<T>) {
    this.body = body;
  }

  /** It will begin when its turn comes. Call this before the first send(). */
  start(): this {
    ready.push(() => this.step(() => this.body.next()));
    return this;
  }

  /** It will go on when its turn comes: its `yield` gives the value. */
  send(value: unknown): void {
    ready.push(() => this.step(() => this.body.next(value)));
  }

  /** It will go on when its turn comes: its `yield` throws the error. */
  throw(error: unknown): void {
    ready.push(() => this.step(() => this.body.throw(error)));
  }

  /** For another coroutine: waits until this one is over. `yield* it.join()` is its result, or throws its error. */
  *join(): Body<T> {
    if (!this.end) {
      this.joiners.push(current!);
      yield;
    }
    if ('error' in this.end!) throw this.end.error;
    return this.end!.result;
  }

  /** Runs it to its next `yield`, or to its end. */
  private step(go: () => IteratorResult<void, T>): void {
    if (this.end) return; // what was sent comes too late
    current = this;
    try {
      const { done, value } = go();
      if (done) this.end = { result: value };
    } catch (error) {
      this.end = { error };
    }
    if (this.end) for (const joiner of this.joiners) joiner.send(undefined);
  }
}

// ---------------------------------------------------------------------------------------------
// A program on it

type Print = (text: string) => void;

function onMini(print: Print): void {
  const players: Record<string, Coroutine<number>> = {};

  function* player(name: string, other: string): Body<number> {
    let hits = 0;
    try {
      print(`${name} is ready`);
      for (;;) {
        const ball: number = yield; // waits until the other one sends it
        if (ball > BALLS) break;
        print(`${name} hits ball ${ball}`);
        hits++;
        players[other]!.send(ball + 1);
      }
      print(`${name} goes, it rains`);
      players[other]!.throw(new Error('it rains'));
      return hits;
    } finally {
      print(`${name} puts the racket away`);
    }
  }

  function* main(): Body<void> {
    const ping = (players['ping'] = new Coroutine(player('ping', 'pong')).start());
    const pong = (players['pong'] = new Coroutine(player('pong', 'ping')).start());
    print('main starts them');
    ping.send(1);
    for (const [name, player] of [
      ['ping', ping],
      ['pong', pong],
    ] as const) {
      try {
        print(`${name} has hit ${yield* player.join()}`);
      } catch (error) {
        print(`${name} has failed: ${(error as Error).message}`);
      }
    }
    print('main ends');
  }

  new Coroutine(main()).start();
  loop();
}

// ---------------------------------------------------------------------------------------------
// The same program on treadle

function onTreadle(print: Print): void {
  // A task can wait for many things, so nothing is sent to the task itself. It is sent to a channel, and the task
  // receives it when it wants to. An error comes as the end of that channel, never in the middle of something else.
  const courts: Record<string, Channel<number>> = { ping: new Channel(), pong: new Channel() };

  function* player(name: string, other: string) {
    let hits = 0;
    try {
      print(`${name} is ready`);
      for (;;) {
        const { value: ball = 0 } = yield* courts[name]!.receive(); // (0: a channel may also end with no error)
        if (ball > BALLS) break;
        print(`${name} hits ball ${ball}`);
        hits++;
        yield* courts[other]!.send(ball + 1);
      }
      print(`${name} goes, it rains`);
      courts[other]!.close(new Error('it rains'));
      return hits;
    } finally {
      print(`${name} puts the racket away`);
    }
  }

  function* main() {
    const ping = yield* spawn(player('ping', 'pong'));
    const pong = yield* spawn(player('pong', 'ping'));
    print('main starts them');
    yield* courts['ping']!.send(1);
    for (const [name, task] of [
      ['ping', ping],
      ['pong', pong],
    ] as const) {
      try {
        print(`${name} has hit ${yield* join(task)}`);
      } catch (error) {
        print(`${name} has failed: ${(error as Error).message}`);
      }
    }
    print('main ends');
  }

  runSync(main());
}

export default function (argv: string[]): void {
  options(argv, {});
  const left: string[] = [];
  const right: string[] = [];
  onMini((text) => left.push(text));
  onTreadle((text) => right.push(text));

  const row = (mini: string, treadle: string) => console.log(`  ${mini.padEnd(32)}${treadle}`.trimEnd());
  row('60 lines', 'treadle');
  row('-'.repeat(28), '-'.repeat(28));
  for (let i = 0; i < Math.max(left.length, right.length); i++) row(left[i] ?? '', right[i] ?? '');
  const same = left.join('\n') === right.join('\n');
  console.log(`\nThe two columns are ${same ? 'the same' : 'DIFFERENT'}.`);
  if (!same) process.exitCode = 1;
}
