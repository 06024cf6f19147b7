// What the engine takes from its host when that is Node.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, sleep } from 'treadle';
import { afterHost, reportError } from '../../lib/host/node.ts';
import { program } from '../support/programs.ts';

const test = suite('the host, Node');

test('calls back after the host has had its turn: microtasks, timers and sockets come before', async () => {
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    afterHost(() => {
      log.push('after');
      resolve();
    });
    queueMicrotask(() => log.push('microtask'));
    process.nextTick(() => log.push('nextTick'));
    log.push('now');
  });
  assert.is(log.at(-1), 'after');
  assert.is(log[0], 'now');
  assert.is(log.length, 4);
});

test('calls back once for each call, in their order', async () => {
  const log: number[] = [];
  for (const i of [1, 2, 3]) afterHost(() => log.push(i));
  await new Promise<void>((resolve) => afterHost(resolve));
  assert.equal(log, [1, 2, 3]);
});

test('is listened to by one listener for all loops, which is gone with the last of them', async () => {
  const listeners = () => process.listenerCount('beforeExit');
  const before = listeners();
  const tasks = [run(sleep(5)), run(sleep(10)), run(sleep(1))];
  assert.is(listeners(), before + 1);
  await tasks[0];
  assert.is(listeners(), before + 1);
  await Promise.all(tasks);
  assert.is(listeners(), before);
});

test('an error that has nowhere to go is printed with where it was, and the exit code is 1', async () => {
  const { code, err, out } = await program(`import { EventLoop } from 'treadle';
    const loop = new EventLoop();
    loop.callSoon(function tick() { throw new RangeError('oops'); });
    loop.callSoon(() => console.log('goes on'));
    loop.callSoon(() => loop.stop());
    loop.runForever();`);
  assert.is(out, 'goes on\n');
  assert.match(err, /^treadle: error in the callback tick: RangeError: oops/);
  assert.is(code, 1);
});

test('an exit code that the program has chosen stays', () => {
  const { exitCode } = process;
  const { error: print } = console;
  console.error = () => {};
  try {
    process.exitCode = 3;
    reportError(new Error('oops'), 'the callback f');
    assert.is(process.exitCode, 3);
    process.exitCode = 0;
    reportError(new Error('oops'), 'the callback f');
    assert.is(process.exitCode, 1);
  } finally {
    process.exitCode = exitCode;
    console.error = print;
  }
});

test.run();
