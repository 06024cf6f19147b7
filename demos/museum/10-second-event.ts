// events.once of Node: a wait for one event, which begins when the line is reached.
import { all, coroutine, once, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';

export const title = 'an event that comes while nobody listens';
export const project = 'Node.js';
export const history = [
  { name: 'node 32431', url: 'https://github.com/nodejs/node/issues/32431' },
  { name: 'the note in its documentation', url: 'https://github.com/nodejs/node/pull/34220' },
];
export const story = {
  wanted: `A client waits until its server is connected, and then until it is ready.`,
  killedBy: `The server emits both events, one directly after the other. "connected" wakes the client. Before the
    client gets its turn, "ready" is over. Then the client starts to wait for it.`,
  because: `once() listens from the moment at which it is called. Between one wait and the next nobody listens, and an
    emitter does not keep its events.`,
  mended: `Not in the code: "Not sure there's anything we can do about it other than documenting it". The
    documentation of events.once shows the case and the way out, which is to begin both waits before the first event,
    with Promise.all.`,
  inTreadle: `once() is the same here, and this piece uses it. all() begins both waits at once. on(emitter, name)
    gives a channel that listens from then on and keeps each event until somebody takes it.`,
};

function* program(mended: boolean): Coroutine<void> {
  const server = new EventTarget();

  const client = coroutine('client', function* () {
    if (mended) {
      yield* all([once(server, 'connected'), once(server, 'ready')]); // mends it
    } else {
      yield* once(server, 'connected');
      yield* once(server, 'ready');
    }
  });
  const emit = coroutine('emit', function* (event: string) {
    server.dispatchEvent(new Event(event));
  });

  yield* spawn(client());
  yield* sleep(10); // the client listens
  yield* emit('connected');
  yield* yieldNow();
  yield* emit('ready');
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'exhaustive', seed: 1, runs: 500 } as const;
export const schedule = 't1_1_0_aM_8_dTs5_1v';
