// `node demos tasks` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, succeeded } from '../../support/demo.ts';

const test = suite('demo tasks');

test('main starts, main ends, 1 1 2 2; with a wait 1 2 1 2; names and states', async () => {
  const ended = await demo('tasks --delay 50');
  succeeded(ended);
  const [, first = '', second = ''] = /1 1 2 2\n([^]*)1 2 1 2\n([^]*)/.exec(ended.out) ?? [];
  const bare = (text: string) => text.split('\n').filter((line) => /^(\d|main \w+)$/.test(line));
  assert.equal(bare(first), ['main starts', 'main ends', '1', '1', '2', '2']);
  assert.equal(bare(second), ['main starts', 'main ends', '1', '2', '1', '2']);
  for (const text of [first, second]) {
    assert.match(text, '<Task #1 main ready>\nmain starts');
    assert.match(text, '<Task #2 n1 ready> <Task #3 n2 ready>\nmain ends');
    assert.match(text, /at the end: +<Task #2 n1 succeeded: 'counted 1'>\n +<Task #3 n2 succeeded: 'counted 2'>\n/);
    assert.match(text, 'state of main: succeeded');
  }
  assert.match(
    second,
    /seen from n2: +<Task #1 main waiting on its children>\n +<Task #2 n1 waiting on sleep\(50\)> <Task #3 n2 running>\n/,
  );
});

test.run();
