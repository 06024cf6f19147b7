// A task between two queues, as with tokio's mpsc channels in a select!.
import { coroutine, Queue, Semaphore, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { stop } from './stop.ts';

export const title = 'a message that is neither here nor there';
export const project = 'tokio';
export const history = [{ name: 'tokio 5947', url: 'https://github.com/tokio-rs/tokio/pull/5947' }];
export const story = {
  wanted: `"pump" takes messages out of one queue and puts them into another one, which has room for one message. It
    may be cancelled at any time, and no message may get lost.`,
  killedBy: `"pump" has taken the second message. The other queue is full, so "pump" waits, and is cancelled there.
    The message is in neither queue, and nobody has it.`,
  because: `Each half is safe: a get that is cancelled has taken nothing, and a put that is cancelled has put nothing.
    Between the two the message lies in a variable of "pump", and is gone with it.`,
  mended: `tokio could only document it: a send that is cancelled loses its message. It "has bitten our team a couple
    of times", says the author. The advice is to reserve() room first, then to take the message, and then to send it
    without waiting.`,
  inTreadle: `What an effect had acquired is given back: all([inbox.get(), slow()]) loses nothing when it is
    cancelled. But a message in a variable is yours. Reserve the room first, as here, or put the message back in a
    finally block, or shield the two steps.`,
};

function* program(mended: boolean): Coroutine<number> {
  const inbox = new Queue<string>(Infinity, { name: 'inbox' });
  const outbox = new Queue<string>(1, { name: 'outbox' });
  const room = new Semaphore(1, { name: 'room' });
  let read = 0;

  const pump = coroutine('pump', function* () {
    for (;;) {
      if (mended) yield* room.acquire(); // mends it
      const message = yield* inbox.get();
      yield* outbox.put(message);
    }
  });
  const reader = coroutine('reader', function* () {
    for (;;) {
      yield* outbox.get();
      read++;
      room.release();
    }
  });

  const pumping = yield* spawn(pump(), { daemon: true });
  yield* spawn(reader(), { daemon: true });
  yield* sleep(1);
  for (const message of ['A', 'B']) yield* inbox.put(message);
  for (let turn = 1; turn <= 4; turn++) yield* yieldNow(); // both are read, in the usual order
  yield* stop(pumping, 'the program ends');
  yield* sleep(1);
  return inbox.size + outbox.size + read;
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = {
  strategy: 'random',
  seed: 1,
  runs: 500,
  check: (known: unknown) => {
    if (known !== 2) throw new Error(`of 2 messages ${known} is left`);
  },
} as const;
export const schedule = 't1_ct5dkb_0_1aMaM_e_kFTjcxm_SI';
