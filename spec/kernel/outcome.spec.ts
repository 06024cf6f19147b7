// Outcomes: the half of a future that a task has too. Who waits for one, and how it is seen.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CancelledError, InvalidStateError } from 'treadle';
import { CANCELLED, FAILED, OBSERVED, SUCCEEDED } from '../../lib/kernel/modes.ts';
import { type Joiner, Outcome } from '../../lib/kernel/outcome.ts';
import { refuses, thrown } from '../support/errors.ts';
import { HandLoop } from '../support/hand-loop.ts';

/** The least that an outcome can be. */
class Cell extends Outcome<unknown> {
  cancel(reason?: unknown): boolean {
    if (this.done) return false;
    this._settle(CANCELLED, reason);
    return true;
  }

  override toString(): string {
    return `<Cell ${this.state}>`;
  }
}

/** Notes what it is woken with. */
function joiner(log: unknown[], name: string): Joiner {
  return {
    _previous: undefined,
    _next: undefined,
    _place: undefined,
    _wake: () => log.push(`${name} was woken`),
    _wakePerforming: (yielded) => log.push([name, yielded]),
    _run() {},
  };
}

const observed = (cell: Cell) => (cell._flags & OBSERVED) !== 0;

const test = suite('outcomes');

test('wait, until they are settled with a result, an error or a cancellation', () => {
  const loop = new HandLoop();
  const ends: [number, string][] = [
    [SUCCEEDED, 'succeeded'],
    [FAILED, 'failed'],
    [CANCELLED, 'cancelled'],
  ];
  for (const [status, state] of ends) {
    const cell = new Cell(loop);
    assert.equal([cell.state, cell.done], ['waiting', false]);
    cell._settle(status, 'value');
    assert.equal([cell.state, cell.done], [state, true]);
  }
});

test('have no result and no error before, and say so', () => {
  const cell = new Cell(new HandLoop());
  for (const look of [() => cell.result(), () => cell.error()]) {
    const error = thrown(look);
    assert.instance(error, InvalidStateError);
    assert.is(error.message, '<Cell waiting> is not done');
  }
});

test('give their result, or throw their error, as often as one asks', () => {
  const loop = new HandLoop();
  const [good, bad, gone] = [new Cell(loop), new Cell(loop), new Cell(loop)];
  good._settle(SUCCEEDED, 'value');
  bad._settle(FAILED, undefined);
  gone._settle(CANCELLED, 'why');
  for (let i = 0; i < 2; i++) {
    assert.equal([good.result(), good.error()], ['value', undefined]);
    assert.is(
      thrown(() => bad.result()),
      undefined,
      'whatever was thrown, also undefined',
    );
    const error = thrown(() => gone.result());
    assert.instance(error, CancelledError);
    assert.equal([error.message, error.reason], ['<Cell cancelled>', 'why']);
  }
});

test('wake those who wait in the order in which they came, to perform the join again', () => {
  const log: unknown[] = [];
  const cell = new Cell(new HandLoop());
  for (const name of ['a', 'b', 'c']) cell._park(joiner(log, name));
  cell._withdraw(cell._first!._next as Joiner);
  cell._settle(SUCCEEDED, 'value');
  assert.equal(log, [
    ['a', cell],
    ['c', cell],
  ]);
  assert.is(cell._first, undefined);
});

test('are not seen by being settled, nor by waking those who wait, but by a look at their end', () => {
  const loop = new HandLoop();
  for (const look of [(cell: Cell) => cell.error(), (cell: Cell) => thrown(() => cell.result())]) {
    const cell = new Cell(loop);
    cell._park(joiner([], 'a'));
    cell._settle(FAILED, new Error('no'));
    assert.not(observed(cell));
    void [cell.state, cell.done, `${cell}`];
    assert.not(observed(cell));
    look(cell);
    assert.ok(observed(cell));
  }
});

test('call their callbacks through the loop, with themselves, in the order in which they were added', () => {
  const loop = new HandLoop();
  const cell = new Cell(loop);
  const log: unknown[] = [];
  cell.addDoneCallback((it) => log.push(['first', it]));
  cell.addDoneCallback((it) => log.push(['second', it]));
  cell._settle(SUCCEEDED, 'value');
  assert.equal(log, [], 'not at once');
  loop.steps();
  cell.addDoneCallback((it) => log.push(['late', it]));
  assert.is(log.length, 2, 'nor those that come late');
  loop.steps();
  assert.equal(log, [
    ['first', cell],
    ['second', cell],
    ['late', cell],
  ]);
});

test('take back the registrations of a callback, and nothing else', () => {
  const loop = new HandLoop();
  const cell = new Cell(loop);
  const log: unknown[] = [];
  const callback = () => log.push('called');
  cell.addDoneCallback(callback);
  cell.addDoneCallback(() => log.push('other'));
  cell._park(joiner(log, 'joiner'));
  cell.addDoneCallback(callback);
  assert.is(cell.removeDoneCallback(undefined as never), 0);
  assert.is(cell.removeDoneCallback(callback), 2);
  assert.is(cell.removeDoneCallback(callback), 0);
  cell._settle(SUCCEEDED, 'value');
  loop.steps();
  assert.equal(log, [['joiner', cell], 'other']);
});

test('refuse what is no function as a callback', () => {
  const cell = new Cell(new HandLoop());
  for (const wrong of [undefined, null, 5, 'text', {}])
    refuses(() => cell.addDoneCallback(wrong as never), /addDoneCallback takes a function/);
});

test('are yielded by yield* as they are, and give the answer', () => {
  const cell = new Cell(new HandLoop());
  const iterator = cell[Symbol.iterator]();
  assert.equal(iterator.next(), { done: false, value: cell });
  assert.equal(iterator.next('answer'), { done: true, value: 'answer' });
});

test.run();
