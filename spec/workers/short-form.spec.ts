// The short form of the two messages that come with every call says the same as the long one.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Call, Callee, Chunk } from '../../lib/workers/protocol.ts';
import type { Answer, Order } from '../../lib/workers/protocol.ts';
import { LongOrders, longAnswer, ShortOrders, shortAnswer } from '../../lib/workers/short-form.ts';

const test = suite('the short form of messages');

const run = (call: Call): Order & { treadle: 'run' } => ({
  treadle: 'run',
  id: 7,
  call,
  progress: true,
  ahead: false,
});
const sent = (message: unknown): unknown => structuredClone(message);
/** As a process gets it. */
const asJson = (message: unknown): unknown => JSON.parse(JSON.stringify(message));

/** A line to a worker: gives what arrives there, and what travelled. */
function line(travel: (message: unknown) => unknown) {
  const worker = new LongOrders();
  let message: unknown;
  const pool = new ShortOrders((one) => void (message = one));
  return (order: Order): { arrived: Order | undefined; message: unknown } => {
    pool.post(order);
    return { arrived: worker.read(travel(message)), message };
  };
}

test('a call arrives as it was sent, each time', () => {
  const order = run(new Call('apply', 'file:///jobs.js', 'square', [3, 'x']));
  for (const travel of [sent, asJson]) {
    const post = line(travel);
    for (let time = 1; time <= 3; time++) {
      const { arrived, message } = post(order);
      assert.ok(Array.isArray(message));
      assert.equal(arrived, sent(order));
    }
  }
});

test('so does whether it is given ahead, and whether somebody hears of its progress', () => {
  const call = new Call('apply', 'file:///jobs.js', 'square', [3]);
  for (const ahead of [false, true])
    for (const progress of [false, true]) {
      const order = { ...run(call), ahead, progress };
      assert.equal(line(asJson)(order).arrived, sent(order));
    }
});

test('so does a chunk of calls', () => {
  const order = run(new Chunk(new Callee('map', 'file:///jobs.js', 'square'), [3, 4], 'until one fails'));
  order.call.place = 1;
  for (const travel of [sent, asJson]) {
    const post = line(travel);
    for (let time = 1; time <= 3; time++) assert.equal(post(order).arrived, sent(order));
  }
});

test('functions that share a module or a name are not confused', () => {
  const post = line(asJson);
  const orders = ['file:///a.js', 'file:///b.js', 'file:///c.js'].flatMap((module) =>
    ['one', 'two', 'toString', '__proto__'].map((name) => run(new Call('apply', module, name, [module]))),
  );
  for (const order of [...orders, ...orders.reverse(), ...orders]) assert.equal(post(order).arrived, sent(order));
});

test('the module and the name of a function are sent once', () => {
  const post = line(sent);
  const order = run(new Call('apply', 'file:///jobs.js', 'square', [3]));
  const has = (text: string) => JSON.stringify(post(order).message).includes(text);
  assert.ok(has('jobs.js'));
  assert.not(has('jobs.js'));
  assert.not(has('square'));
});

test('a function whose first call could not be sent is told with the next one', () => {
  const worker = new LongOrders();
  let message: unknown;
  const pool = new ShortOrders((one) => void (message = structuredClone(one)));
  const order = (args: unknown[]) => run(new Call('apply', 'file:///jobs.js', 'square', args));
  assert.throws(() => pool.post(order([() => {}])), /could not be cloned/);
  for (const args of [[1], [2]]) {
    pool.post(order(args));
    assert.equal(worker.read(message), sent(order(args)));
  }
});

test('of ten thousand functions all arrive, and the first thousand are kept', () => {
  const post = line(sent);
  const order = (number: number) => run(new Call('apply', `data:text/javascript,${number}`, 'f', []));
  for (let time = 1; time <= 2; time++)
    for (let number = 0; number < 10_000; number++) assert.equal(post(order(number)).arrived, sent(order(number)));
  const isKept = (number: number) => !JSON.stringify(post(order(number)).message).includes('data:');
  assert.equal([0, 999, 1_000, 9_999].map(isKept), [true, true, false, false]);
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
    assert.equal(line((message) => message)(order), { arrived: order, message: order });
  }
  const answer: Answer = { treadle: 'cancelled', id: 1 };
  assert.is(shortAnswer(answer), answer);
  const own = ['run', 1];
  assert.is(longAnswer(own), own);
  assert.is(new LongOrders().read(own), undefined);
});

test.run();
