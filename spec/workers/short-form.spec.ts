// The short form of the two messages that come with every call says the same as the long one.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Call, Callee, Chunk } from '../../lib/workers/protocol.ts';
import type { Answer, Order } from '../../lib/workers/protocol.ts';
import { longAnswer, longOrder, shortAnswer, shortOrder } from '../../lib/workers/short-form.ts';

const test = suite('the short form of messages');

const run = (call: Call): Order & { treadle: 'run' } => ({ treadle: 'run', id: 7, call, progress: true });
const sent = (message: unknown): unknown => structuredClone(message);
/** As a process gets it. */
const asJson = (message: unknown): unknown => JSON.parse(JSON.stringify(message));

test('a call arrives as it was sent', () => {
  const order = run(new Call('apply', 'file:///jobs.js', 'square', [3, 'x']));
  assert.ok(Array.isArray(shortOrder(order)));
  for (const travel of [sent, asJson]) assert.equal(longOrder(travel(shortOrder(order))), sent(order));
});

test('so does a chunk of calls', () => {
  const order = run(new Chunk(new Callee('map', 'file:///jobs.js', 'square'), [3, 4], 'until one fails'));
  order.call.place = 1;
  for (const travel of [sent, asJson]) assert.equal(longOrder(travel(shortOrder(order))), sent(order));
});

test('so does a value, also undefined, which JSON does not know', () => {
  for (const value of [3, null, undefined, { treadle: 'value' }, [1, [2]]]) {
    const answer: Answer = { treadle: 'value', id: 7, value };
    for (const travel of [sent, asJson])
      assert.equal(longAnswer(travel(shortAnswer(answer))), answer, `${JSON.stringify(value)}`);
  }
});

test('all other messages are what they are, also those of the user', () => {
  for (const order of [{ treadle: 'cancel', id: 1, reason: 'r' }, { treadle: 'end' }] satisfies Order[]) {
    assert.is(shortOrder(order), order);
    assert.is(longOrder(order), order);
  }
  const answer: Answer = { treadle: 'cancelled', id: 1 };
  assert.is(shortAnswer(answer), answer);
  const own = ['run', 1];
  assert.is(longAnswer(own), own);
  assert.is(longOrder(own), undefined);
});

test.run();
