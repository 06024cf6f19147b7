// Functions that the event loop calls: when something is done, soon, after a while, or at a given time.
import { coroutine, EventLoop, sleep } from 'treadle';
import type { Future, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading } from '../support/say.ts';

export const summary = 'functions the loop calls: when done, soon, later, at a time';
export const help = `
Callbacks are for code that is not a coroutine. addDoneCallback(f) on a task or
a future calls f with it when it is done. callSoon, callLater and callAt call a
function in the loop's next pass, after a while, or at a given time. The loop
makes all these calls; none happens inside the line that asks for it.

  --delay MS   the unit of time   (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const work = coroutine('work', function* (delay: number) {
  yield* sleep(delay);
  return 42;
});

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  const loop = new EventLoop({
    clock: virtual ? new VirtualClock() : undefined,
    // Errors that no task can receive come here. By default they are printed, and the exit code becomes 1.
    onError: (error, where) => print(`onError got "${error}", in ${where}`),
  });
  const print = (...things: unknown[]) => console.log(`${loop.now().toFixed(0).padStart(6)} ms `, ...things);

  // A done callback gets the task or future, which has its result or error by then.
  const report = (n: number, outcome: Task | Future) => print(`callback ${n}: done, and`, outcome);

  const onTask = () => {
    heading('addDoneCallback on a task:');
    const task = loop.createTask(work(delay));
    task.addDoneCallback((it) => report(1, it)); //        where Python needs functools.partial, write an arrow
    task.addDoneCallback(report.bind(undefined, 2)); //    function, or use bind
    task.addDoneCallback(function broken() {
      throw new Error('this stops nobody');
    });
    const unwanted = () => print('NEVER PRINTED');
    task.addDoneCallback(unwanted);
    print('callbacks removed:', task.removeDoneCallback(unwanted));
    task.addDoneCallback((it) => print('callback 3: result() gives', it.result()));
    return loop.runUntilComplete(task);
  };

  const onFuture = () => {
    heading('addDoneCallback on a future:');
    const future = loop.createFuture<number>();
    future.addDoneCallback((it) => report(1, it));
    loop.callLater(delay, () => {
      print('set the result');
      future.setResult(42);
      future.addDoneCallback((it) => report(2, it)); // it is done already, so this is called soon, but not now
      print('it is set, and no callback has been called yet');
    });
    return loop.runUntilComplete(future);
  };

  const onTime = () => {
    heading('callSoon, callLater, callAt:');
    const start = loop.now();
    loop.callLater(2 * delay, print, 'callLater(2 units)'); // further arguments go to the function
    loop.callLater(delay, print, 'callLater(1 unit)');
    loop.callAt(start + 3 * delay, print, 'callAt(start + 3 units)');
    loop.callSoon(print, 'the first callSoon');
    loop.callSoon(() => {
      print('the second callSoon, which asks for one more');
      loop.callSoon(print, 'the callSoon from inside the second: one pass later');
    });
    loop.callSoon(print, 'the third callSoon');
    // Each of them gives a handle, which can cancel the call.
    const handles = [loop.callSoon(print, 'NEVER PRINTED'), loop.callLater(delay, print, 'NEVER PRINTED')];
    for (const handle of handles) handle.cancel();
    loop.callLater(4 * delay, () => {
      print('callLater(4 units): stop');
      loop.stop();
    });
    print('9 calls were asked for, and 2 of them cancelled; now the loop runs');
    loop.runForever();
  };

  onTask().then(onFuture).then(onTime);
}
