// Functions that the event loop calls: when something is done, soon, later, or at a given time.
import { coroutine, EventLoop, sleep } from 'treadle';
import type { Future, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';

export const summary = 'addDoneCallback, callSoon, callLater, callAt: what is called when, and taken back';
export const help = `
A callback is for code that is no coroutine. addDoneCallback(f) on a task or a
future calls f with it when it is done; callSoon, callLater and callAt call a
function in the next pass of the loop, after some time, or at some time. All go
through the loop: none is called inside the line that asked for it.

  --delay MS   the unit of the times   (default 300)
  --virtual    on a virtual clock, which jumps where all others wait
`;

const work = coroutine('work', function* (delay: number) {
  yield* sleep(delay);
  return 'the result';
});

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  const loop = new EventLoop({
    clock: virtual ? new VirtualClock() : undefined,
    // What no task can receive comes here. By default it is printed, and the exit code becomes 1.
    onError: (error, where) => print(`onError was told: ${error}, in ${where}`),
  });
  const print = (...things: unknown[]) => console.log(`${loop.now().toFixed(0).padStart(6)} ms `, ...things);

  // A done callback is given what is done, which has a result or an error by then.
  const report = (n: number, outcome: Task | Future) => print(`callback ${n}: done, and`, outcome);

  const onTask = () => {
    console.log('addDoneCallback on a task:');
    const task = loop.createTask(work(delay));
    task.addDoneCallback((it) => report(1, it)); //        what functools.partial is for is an arrow here,
    task.addDoneCallback(report.bind(undefined, 2)); //    or bind
    task.addDoneCallback(function broken() {
      throw new Error('a callback that throws stops nobody');
    });
    const unwanted = () => print('NEVER PRINTED');
    task.addDoneCallback(unwanted);
    print('taken back:', task.removeDoneCallback(unwanted));
    task.addDoneCallback((it) => print('callback 3: it gave', it.result()));
    return loop.runUntilComplete(task);
  };

  const onFuture = () => {
    console.log('\naddDoneCallback on a future:');
    const future = loop.createFuture<string>();
    future.addDoneCallback((it) => report(1, it));
    loop.callLater(delay, () => {
      print('set the result');
      future.setResult('the result');
      future.addDoneCallback((it) => report(2, it)); // on one that is done already: soon
      print('it is set, and no callback was called yet');
    });
    return loop.runUntilComplete(future);
  };

  const onTime = () => {
    console.log('\ncallSoon, callLater, callAt:');
    const start = loop.now();
    loop.callLater(2 * delay, print, 'callLater(2 units)'); // further arguments are the callback's
    loop.callLater(delay, print, 'callLater(1 unit)');
    loop.callAt(start + 3 * delay, print, 'callAt(start + 3 units)');
    loop.callSoon(print, 'callSoon, the first');
    loop.callSoon(() => {
      print('callSoon, the second, which asks for one more');
      loop.callSoon(print, 'callSoon, from inside of another: a pass later');
    });
    loop.callSoon(print, 'callSoon, the third');
    // Each gives a handle, with which it can be cancelled.
    const handles = [loop.callSoon(print, 'NEVER PRINTED'), loop.callLater(delay, print, 'NEVER PRINTED')];
    for (const handle of handles) handle.cancel();
    loop.callLater(4 * delay, () => {
      print('callLater(4 units): stop');
      loop.stop();
    });
    print('9 calls were asked for, 2 of them cancelled; now the loop runs');
    loop.runForever();
  };

  onTask().then(onFuture).then(onTime);
}
