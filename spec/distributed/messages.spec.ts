// What stands in a job of the queue.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { messageOf, ofError } from '../../lib/distributed/messages.ts';

const test = suite('the messages between machines');
const saidOf = (error: unknown) => messageOf(ofError(error) as { error: unknown });

test('those who look at the queue see an error in a few words, however long its message is', () => {
  assert.is(saidOf(new RangeError('too far')), 'RangeError: too far');
  assert.is(saidOf({ code: 5 }), 'thrown: {"code":5}');
  assert.is(saidOf(new Error('m'.repeat(1_000_000))), `Error: ${'m'.repeat(993)}`);
  assert.is(saidOf('x'.repeat(1_000_000)).length, 1_000);
});

test.run();
