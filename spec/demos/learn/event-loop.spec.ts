// `node demos event-loop` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, printed, sourceOf, succeeded } from '../../support/demo.ts';

const test = suite('demo event-loop');

test('the list of tasks, round by round; then an EventLoop that is run, stopped and closed', async () => {
  for (const ended of await Promise.all(['event-loop --delay 60', 'event-loop --virtual'].map((args) => demo(args)))) {
    succeeded(ended);
    const [, rounds = '', until = '', forEver = ''] =
      /^1\. .*\n([^]*)^2\. .*\n([^]*)^3\. .*\n([^]*)/m.exec(ended.out) ?? [];
    printed(
      { out: rounds },
      `
      round 1
      A 2
      B 2
      round 2
      round 3
      A 1
      round 4
      B 1
      round 5
      A is done
      round 6
      round 7
      B is done
      A real loop does not go round when no task is ready. It sleeps until one is.`,
    );
    printed(
      { out: until.replace(/sleep\(\d+\)/, 'sleep(N)') },
      `
      createTask() gave <Task #1 A ready> <Task #2 B ready>
      A 2
      B 2
      A 1
      B 1
      A is done
      runUntilComplete(a) gave 'A counted'. The loop stands still, and so does B:
      <Task #1 A succeeded: 'A counted'> <Task #2 B waiting on sleep(N)>`,
    );
    printed(
      // A message that is wrapped is joined again.
      { out: forEver.replace(/\n {6}/g, ' ') },
      `
      runForever() while it runs: refused
      InvalidStateError: the event loop is already running: create a task in it, or make another loop
      close() while it runs: refused
      InvalidStateError: the event loop is running: stop() it before close()
      B is done
      stop() was called when B was done: <Task #2 B succeeded: 'B counted'>
      close(): fine
      close() again: fine
      createTask() when it is closed: refused
      InvalidStateError: the event loop is closed: make a new one
      runForever() when it is closed: refused
      InvalidStateError: the event loop is closed: make a new one`,
    );
  }
});

test('its first loop has ten lines', () => {
  const [loop = ''] = /^function loopOver[^]*?^}$/m.exec(sourceOf('event-loop')) ?? [];
  const lines = loop.split('\n').length;
  assert.ok(lines > 5 && lines <= 12, `${lines}, with the function around them`);
});

test.run();
