// Checks of arguments: at the call, with the name of who takes what.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDuration } from '../../lib/words/check.ts';
import { thrown } from '../support/errors.ts';

const test = suite('checks');

test('a duration is 0 or more milliseconds, Infinity included, and is given back', () => {
  for (const ms of [0, 0.5, 1, 2 ** 40, Infinity]) assert.is(checkDuration('sleep', ms), ms);
});

test('a negative duration is a RangeError, what is no number a TypeError', () => {
  for (const ms of [-1, -Infinity])
    assert.instance(
      thrown(() => checkDuration('sleep', ms)),
      RangeError,
    );
  for (const ms of [NaN, '5', null, undefined, {}, 5n, new Date(0)])
    assert.instance(
      thrown(() => checkDuration('sleep', ms as number)),
      TypeError,
    );
});

test('the message names the function, what it takes and what came', () => {
  assert.is(thrown(() => checkDuration('sleep', -5)).message, 'sleep takes 0 or more milliseconds, not -5');
});

test.run();
