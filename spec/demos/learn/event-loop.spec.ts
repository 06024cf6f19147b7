// `node demos event-loop` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, patiently, printed, sourceOf, succeeded } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const test = suite('demo event-loop');

test('the rounds of the small loop as a table; then an EventLoop that is run, stopped and closed', async () => {
  const look = (ended: Ended) => {
    succeeded(ended);
    printed(
      { out: ended.out.replace(/^ *\d+ ms /gm, '').replace(/sleep\(\d+\)/, 'sleep(N)') },
      `
      1. A list of tasks, and a loop of ten lines
      round  1     2     3     4     5     6     7
      A      2     ·     1     ·     done  ·     ·
      B      2     ·     ·     1     ·     ·     done
      A real loop does not go round when no task is ready: it sleeps until one is.
      2. The same tasks on an EventLoop, until A is over
      <Task #1 A ready> <Task #2 B ready>
      A 2
      B 2
      A 1
      B 1
      A done
      <Task #1 A succeeded: 'A counted'>
      <Task #2 B waiting on sleep(N)>  The loop stands still.
      3. It runs again, for ever, until stop() is called at the end of B
      runForever() while it runs       the event loop is already running
      close() while it runs            the event loop is running
      B done
      close()                          fine
      close() again                    fine
      createTask() when it is closed   the event loop is closed: make a new one
      runForever() when it is closed   the event loop is closed: make a new one`,
    );
  };
  look(await demo('event-loop --virtual'));
  await patiently((factor) => plainDemo(`event-loop --delay ${60 * factor}`), look);
});

test('its first loop has ten lines', () => {
  const [loop = ''] = /^function loopOver[^]*?^}$/m.exec(sourceOf('event-loop')) ?? [];
  const lines = loop.split('\n').length;
  assert.ok(lines > 5 && lines <= 12, `${lines}, with the function around them`);
});

test.run();
