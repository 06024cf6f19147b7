// Messages: what they say of values that are wrong. How a value looks in them is in show.spec.ts.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sleep } from 'treadle';
import { cannotBe, mustBe } from '../../lib/words/messages.ts';

const test = suite('messages');

test('what is no awaitable is named with what was probably meant', () => {
  assert.match(cannotBe('yielded', 5), /^5 cannot be yielded; did you mean fromPromise\(\.\.\.\)\?/);
  assert.match(cannotBe('yielded', [sleep(1)]), /^\[sleep\(1\)\] cannot be yielded; did you mean all\(\.\.\.\)\?/);
  assert.match(
    cannotBe('run as a task', function* page() {}),
    /^page cannot be run as a task; did you mean to call it: page\(\)\?/,
  );
  assert.match(cannotBe('yielded', 5), /Effects, coroutines, tasks, futures and promises can$/);
});

test('a wrong argument is named with who takes what', () => {
  assert.is(mustBe('sleep', '0 or more milliseconds', '5'), "sleep takes 0 or more milliseconds, not '5'");
});

test.run();
