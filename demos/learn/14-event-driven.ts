// An event-driven program: sources of events, a loop that takes them, a handler for each kind.
import { EventEmitter } from 'node:events';
import { emitKeypressEvents } from 'node:readline';
import { coroutine, forEach, main, on, once, race, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'events and their handlers: keys of the terminal, or a timer that types; ends by itself';
export const help = `
on(emitter, event) gives a channel of events, and forEach runs a handler for each,
a coroutine: a slow one does not hold up the next event. once(emitter, event) is
one event to wait for. In a terminal you type the keys (h, c, s, and q to quit);
without one, or with --keys, a timer does. Ctrl-C ends it, and the terminal is as
it was. So does the time limit, if nobody quits.

  --keys TEXT   what the timer types, one key after the other (in a pipe: hscc?q)
  --delay MS    the time between two of these keys   (default 300)
  --limit MS    how long it waits for a q   (default 15000)
`;

interface Key {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
}

/** What the program itself has to say: 'quit'. */
const app = new EventEmitter();
let count = 0;

/** A handler for each kind of event. */
const handlers: Record<string, () => Coroutine<void>> = {
  *h() {
    yield* say('hello');
  },
  *c() {
    yield* say(`count: ${++count}`);
  },
  *s() {
    yield* say('slow: begins, and meanwhile other keys are handled');
    try {
      yield* sleep(1000);
      yield* say('slow: done');
    } finally {
      yield* say('slow: cleans up'); // after Ctrl-C, too
    }
  },
  *q() {
    yield* say('quit');
    app.emit('quit', 'you pressed q');
  },
};

const handle = coroutine('handle', function* ([, key]: [string, Key]) {
  // In raw mode the terminal makes a key of Ctrl-C. Here it becomes the signal again, which main() waits for.
  if (key.ctrl && key.name === 'c') process.emit('SIGINT', 'SIGINT');
  else yield* (handlers[key.name ?? ''] ?? unknown)(key);
});

function* unknown(key: Key) {
  yield* say(`no handler for ${JSON.stringify(key.name ?? key.sequence)}: h greets, c counts, s is slow, q quits`);
}

/** A source: emits a 'keypress' for each key, as the terminal does. */
const typist = coroutine('typist', function* (emitter: EventEmitter, keys: string, delay: number) {
  for (const name of keys) {
    yield* sleep(delay);
    emitter.emit('keypress', name, { name } satisfies Key);
  }
});

const timeIsUp = coroutine('time is up', function* (ms: number) {
  yield* sleep(ms);
  return [`nobody pressed q for ${ms} ms`];
});

/** Takes events until the program is to quit. Handlers that still run then are waited for. */
const events = coroutine('events', function* (source: EventEmitter, ms: number) {
  const keys = yield* on<[string, Key]>(source, 'keypress');
  yield* spawn(forEach(keys, handle), { name: 'handlers' });
  const [why] = yield* race([once(app, 'quit'), timeIsUp(ms)]);
  yield* say(`no more events: ${why}`);
  keys.close(); // ends forEach, and the listening
});

const terminal = coroutine('terminal', function* (ms: number) {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true); // keys one by one, and not lines
  try {
    console.log('Press keys: h greets, c counts, s is slow, q quits.');
    yield* events(stdin, ms);
  } finally {
    stdin.setRawMode(false);
    stdin.pause(); // or it would keep the process alive
  }
});

const timer = coroutine('timer', function* (keys: string, delay: number, ms: number) {
  console.log(`A timer types ${JSON.stringify(keys)}.`);
  const source = new EventEmitter();
  yield* spawn(typist(source, keys, delay), { daemon: true });
  yield* events(source, ms);
});

export default function (argv: string[]): void {
  const { keys, delay, limit } = options(argv, { keys: '', delay: 300, limit: 15000 });
  const typed = keys || 'hscc?q';
  main(process.stdin.isTTY && !keys ? terminal(limit) : timer(typed, delay, limit));
}
