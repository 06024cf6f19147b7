// What an effect has acquired, and how it is given back when nobody gets its answer.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acquires,
  acquiring,
  giveBack,
  giveBackNoted,
  givenBackBy,
  noteAnswer,
  wayBack,
} from '../../lib/kernel/acquired.ts';
import { ACQUIRES, Effect } from '../../lib/kernel/effect.ts';
import { HandLoop } from '../support/hand-loop.ts';

const test = suite('what was acquired');

const task = () => new HandLoop().task(new Effect('nothing', undefined, () => undefined));

/** An effect that acquires something. What is given back is told to the log. */
const taking = (log: unknown[], name: string) =>
  acquiring(new Effect<unknown>('take', name, () => `the ${name}`), (payload, answer) =>
    log.push(['gives back', payload, answer]),
  );

test('only an effect that says so acquires: no other effect, and nothing else that can be awaited', () => {
  const plain = new Effect('plain', undefined, () => 1);
  const works = [plain, Promise.resolve(1), (function* () {})(), task(), undefined];
  for (const work of works) assert.is(acquires(work), 0);
  assert.is(acquires(taking([], 'lock')), ACQUIRES);
  const byFlag = new Effect('flagged', undefined, () => 1, ACQUIRES);
  assert.is(acquires(byFlag), ACQUIRES);
});

test('an answer is given back by the handler of its own effect, with its arguments and the task', () => {
  const log: unknown[] = [];
  const one = task();
  const lock = taking(log, 'lock');
  const handler = givenBackBy(
    () => 'an item',
    (...given: unknown[]) => log.push(given),
  );
  giveBack(lock, 'the lock', one);
  giveBack(new Effect('get', ['jobs'], handler, ACQUIRES), 'an item', one);
  assert.equal(log[0], ['gives back', 'lock', 'the lock']);
  const [payload, answer, by] = log[1] as unknown[];
  assert.equal([payload, answer], [['jobs'], 'an item']);
  assert.is(by, one);
});

test('an error of a give-back is reported, and whoever gives back goes on', () => {
  const loop = new HandLoop();
  const one = loop.task(new Effect('nothing', undefined, () => undefined));
  const lock = acquiring(new Effect<unknown>('take', 'lock', () => 1), () => {
    throw new Error('it is not held');
  });
  giveBack(lock, 1, one);
  assert.equal(
    loop.reports.map(([error, where]) => [String(error), where]),
    [['Error: it is not held', "the give-back of take('lock')"]],
  );
});

test('an effect without the flag gives nothing back, even if its handler could', () => {
  const log: unknown[] = [];
  const handler = givenBackBy(
    () => 1,
    () => log.push('gives back'),
  );
  giveBack(new Effect('look', undefined, handler), 1, task());
  giveBack(Promise.resolve(1), 1, task());
  assert.equal(log, []);
});

test('a way back is that of the moment: what the task notes later does not change it', () => {
  const log: string[] = [];
  const one = task();
  const work = new Effect(
    'retry',
    undefined,
    givenBackBy(() => 1, giveBackNoted),
    ACQUIRES,
  );
  noteAnswer(one, () => log.push('the first'));
  const first = wayBack(work, 1, one);
  noteAnswer(one, () => log.push('the second'));
  const second = wayBack(work, 2, one);
  noteAnswer(one);
  giveBack(work, 3, one);
  assert.equal(log, [], 'forgotten');
  second?.();
  first?.();
  assert.equal(log, ['the second', 'the first']);
});

test('there is no way back for work that acquires nothing', () => {
  assert.is(wayBack(new Effect('plain', undefined, () => 1), 1, task()), undefined);
});

test('what one task has noted is not another one’s', () => {
  const log: string[] = [];
  const [one, other] = [task(), task()];
  noteAnswer(one, () => log.push('one'));
  giveBackNoted(undefined, undefined, other);
  assert.equal(log, []);
  giveBackNoted(undefined, undefined, one);
  assert.equal(log, ['one']);
});

test.run();
