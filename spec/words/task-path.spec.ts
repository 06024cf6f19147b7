// The path of an error: the tasks that it crossed.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addTaskPath, origin } from '../../lib/words/task-path.ts';

const main = { name: 'main', parent: undefined };
const page = { name: 'page', parent: main };

const test = suite('the path of an error');

test('a task is told with its owner, and with the place where it was spawned, if that is known', () => {
  assert.is(origin(main), 'main');
  assert.is(origin(page), 'page, spawned by main');
  const known = { name: 'known', parent: main, _spawnedAt: ' at file:///app.js:5:10' };
  assert.is(origin(known), 'known, spawned by main at file:///app.js:5:10');
});

test('a name is told on one line, however long it is and whatever is in it', () => {
  const told = origin({ name: `a\nb${'x'.repeat(1_000)}`, parent: { name: 'c\td', parent: undefined } });
  assert.match(told, /^a bx+\.\.\., spawned by c d$/);
  assert.ok(told.length < 250);
});

test('an error gains a line for each task that it crosses, and stays the same error', () => {
  const error = new Error('no');
  const { stack } = error;
  assert.is(addTaskPath(error, page), error);
  assert.is(addTaskPath(error, main), error);
  assert.is(error.stack, `${stack}\n    in task page, spawned by main\n    in task main`);
});

test('an error that crosses a million tasks does not grow for ever', () => {
  const error = new Error('no');
  for (let i = 0; i < 1_000; i++) addTaskPath(error, page);
  const { length } = error.stack!;
  for (let i = 0; i < 10_000; i++) addTaskPath(error, page);
  assert.is(error.stack!.length, length);
});

test('what cannot be looked at or changed passes as it is', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const reading = {
    get stack() {
      throw new Error('not to be read');
    },
  };
  const frozen = Object.freeze(new Error('frozen'));
  for (const error of [undefined, null, 5, 'text', Symbol('s'), {}, proxy, reading, frozen])
    assert.ok(Object.is(addTaskPath(error, page), error));
  assert.not.match(frozen.stack!, /in task/);
});

test.run();
