// Two generators that the scheduler takes for one: what `yield*` means to effection, to redux-saga, and to us.
import { call, coroutine, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { stop } from './stop.ts';

export const title = 'code that runs after the cancellation';
export const project = 'effection, redux-saga';
export const history = [
  { name: 'effection 1190', url: 'https://github.com/thefrontside/effection/issues/1190' },
  { name: 'its advice', url: 'https://github.com/thefrontside/effectionx/pull/225' },
  { name: 'redux-saga 1986', url: 'https://github.com/redux-saga/redux-saga/issues/1986' },
];
export const story = {
  wanted: `An order asks for a price, and then pays. The request has a clean-up that takes a moment. If the order is
    cancelled during the request, nothing must be paid.`,
  killedBy: `The order is cancelled while it waits inside the request. The clean-up runs, and waits. Then the order
    pays.`,
  because: `A scheduler cancels a task by calling return() once. The call goes through yield* to the inner generator.
    Its finally block yields, so return() comes back with an effect instead of the end. When the effect is done, the
    scheduler calls next(). The inner generator ends, and to the outer one its yield* looks finished. JavaScript is
    specified this way.`,
  mended: `redux-saga answered "this is the expected behavior": use yield call(request), which runs the request as a
    generator of its own. The report to effection is open. Its advice is to put a clean-up that waits into ensure(),
    and not into a finally block.`,
  inTreadle: `Calling what coroutine() made gives a frame of its own, and so does call(). The kernel closes the inner
    frame to its end, and then the outer one. A plain yield* of a plain generator still has the trap, because the
    kernel cannot see the inner generator. docs/semantics.md shows it under "The trap of native yield*".`,
};

function* program(mended: boolean): Coroutine<void> {
  let isCancelled = false;

  function* request(): Coroutine<string> {
    try {
      yield* sleep(10);
      return 'the price';
    } finally {
      yield* sleep(5); // a clean-up that waits: it closes the connection
    }
  }
  const pay = coroutine('pay', function* () {
    if (isCancelled) throw new Error('the order was cancelled, and is paid');
  });
  const order = coroutine('order', function* () {
    if (mended) {
      yield* call(request()); // mends it
    } else {
      yield* request();
    }
    yield* pay();
  });

  const task = yield* spawn(order());
  yield* yieldNow(); // the order begins, in the usual order
  yield* sleep(10);
  isCancelled = yield* stop(task, 'changed my mind');
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'exhaustive', seed: 1, runs: 500 } as const;
export const schedule = 't1_1_0_aM_8_386d_ij';
