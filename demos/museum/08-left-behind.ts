// The time limit of the Kubernetes API server: the answer comes through a channel without room.
import { Channel, coroutine, race, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';

export const title = 'a sender that a time limit leaves behind';
export const project = 'Kubernetes';
export const history = [
  { name: 'kubernetes 83333', url: 'https://github.com/kubernetes/kubernetes/pull/83333' },
  { name: 'the same in Istio', url: 'https://github.com/istio/istio/pull/15897' },
];
export const story = {
  wanted: `A server starts a handler for each request. Then it waits for the answer or for a time limit, whichever
    comes first.`,
  killedBy: `The limit comes first. The server answers 504 and goes on. Later the handler is done and wants to hand
    over its answer, and nobody will ever take it.`,
  because: `The channel has no room, so a send is over only when somebody receives. The only receiver has left. Each
    timeout leaves one handler behind, with all that it holds, and an overloaded server has many timeouts.`,
  mended: `Kubernetes: when the limit is over, another goroutine is started, and all it does is receive the answer.
    Istio made room for one answer in its channel instead.`,
  inTreadle: `timeout(100, handler()) owns what it runs: the handler is cancelled and has cleaned up before the limit
    is reported. Here the handler is spawned beside it, which brings the bug back, but not in silence: the deadlock
    report names the handler and the channel.`,
};

function* program(mended: boolean): Coroutine<string> {
  const result = new Channel<string>(0, { name: 'result' });

  const handler = coroutine('handler', function* () {
    yield* sleep(100);
    yield* result.send('200');
  });
  const limit = coroutine('limit', function* () {
    yield* sleep(100);
    yield* yieldNow();
    return '504';
  });
  const answer = coroutine('answer', function* () {
    const { value = '' } = yield* result.receive();
    return value;
  });

  yield* spawn(handler());
  const status = yield* race([answer(), limit()]);
  if (mended && status === '504') yield* spawn(answer()); // mends it
  return status;
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'random', seed: 1, runs: 500 } as const;
export const schedule = 't1_1_0_2as_c_31oG6Y_z5';
