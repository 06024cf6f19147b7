// An event-driven program: a source of events, a loop that takes them, and a handler for each kind.
import { EventEmitter } from 'node:events';
import { emitKeypressEvents } from 'node:readline';
import { coroutine, forEach, main, on, once, race, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'events and their handlers: keys typed in the terminal';
export const help = `
on(emitter, event) gives a channel of events, and forEach runs a coroutine for
each of them, so a slow handler does not hold up the next event.
once(emitter, event) waits for one event. In a terminal you type the keys: h, c,
s, and q to quit. Without a terminal, or with --keys, a timer types them. The
program ends at q, at Ctrl-C, or when the time is up, and leaves the terminal as
it was.

  --keys TEXT   what the timer types, key by key (without a terminal: hscc?q)
  --delay MS    the time between two of these keys   (default 300)
  --limit MS    how long to wait for a q             (default 15000)
`;

interface Key {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
}

/** Emits the program's own event: 'quit'. */
const app = new EventEmitter();
let count = 0;

/** A handler for each key. */
const handlers: Record<string, () => Coroutine<void>> = {
  *h() {
    yield* say('hello');
  },
  *c() {
    yield* say(`count: ${++count}`);
  },
  *s() {
    yield* say('slow: begins; meanwhile, other keys are handled');
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
  // In raw mode Ctrl-C is a key like any other. This turns it back into the signal that main() handles.
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

/** Handles events until it is time to quit. Then it waits for the handlers that are still running. */
const events = coroutine('events', function* (source: EventEmitter, ms: number) {
  const keys = yield* on<[string, Key]>(source, 'keypress');
  yield* spawn(forEach(keys, handle), { name: 'handlers' });
  const [why] = yield* race([once(app, 'quit'), timeIsUp(ms)]);
  yield* say(`no more events: ${why}`);
  keys.close(); // ends forEach, and stops listening
});

const terminal = coroutine('terminal', function* (ms: number) {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true); // single keys instead of lines
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
