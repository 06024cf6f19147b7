// Several errors in one.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { combine } from '../../lib/words/combine.ts';
import { same } from '../support/lists.ts';

const test = suite('errors, combined');

test('one error is itself, also when it came twice; none is undefined', () => {
  const error = new Error('a');
  assert.is(combine([error]), error);
  assert.is(combine([error, error]), error);
  assert.is(combine([]), undefined);
});

test('several are one AggregateError that has them in their order and says what they say', () => {
  const errors = [new Error('a'), 'b', new RangeError('c')];
  const combined = combine([...errors, errors[0]]) as AggregateError;
  assert.instance(combined, AggregateError);
  same(combined.errors, errors);
  assert.is(combined.message, "Error: a; 'b'; RangeError: c");
});

test('errors that look alike are not one', () => {
  assert.is((combine([new Error('a'), new Error('a')]) as AggregateError).errors.length, 2);
});

test.run();
