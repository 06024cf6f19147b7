// Waiting: the list in which waiters stand, and what a waiter is handed.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { handOver, List, parkFirst, wakeAll } from '../../lib/kernel/waiting.ts';
import type { Place, Waiter } from '../../lib/kernel/waiting.ts';
import { processorTime } from '../support/host.ts';

/** Notes with what it was woken. */
class Visitor implements Waiter {
  _previous: Waiter | undefined;
  _next: Waiter | undefined;
  _place: Place | undefined;
  readonly wakes: unknown[] = [];

  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  _wake(value?: unknown): void {
    this.wakes.push(value);
  }

  _run(): void {}
}

/** A list with a visitor for each letter. */
function line(names: string): { list: List<Visitor>; visitors: Visitor[] } {
  const list = new List<Visitor>();
  const visitors = [...names].map((name) => new Visitor(name));
  for (const visitor of visitors) list._park(visitor);
  return { list, visitors };
}

/** Who stands in the list, read in both directions: the links must agree. */
function names(list: List<Visitor>): string {
  let there = '';
  for (let one = list._first; one; one = one._next as Visitor | undefined) there += one.name;
  let back = '';
  for (let one = list._last; one; one = one._previous as Visitor | undefined) back = one.name + back;
  assert.is(back, there, 'the links back are those forth');
  return there;
}

const test = suite('waiting');

test('a list gives its waiters in the order in which they came, and then nothing', () => {
  const { list, visitors } = line('abc');
  assert.equal([list._shift(), list._shift(), list._shift()], visitors);
  assert.is(list._shift(), undefined);
  assert.is(names(list), '');
});

test('a waiter leaves from the head, the middle or the end, and the others stay in their order', () => {
  for (const [leaving, left] of Object.entries({ a: 'bcd', b: 'acd', c: 'abd', d: 'abc', ad: 'bc', bc: 'ad' })) {
    const { list, visitors } = line('abcd');
    for (const visitor of visitors) if (leaving.includes(visitor.name)) list._withdraw(visitor);
    assert.is(names(list), left, `without ${leaving}`);
  }
});

test('the last waiter that leaves leaves an empty list, in which others can stand', () => {
  const { list, visitors } = line('a');
  list._withdraw(visitors[0]!);
  assert.is(names(list), '');
  list._park(new Visitor('b'));
  list._park(visitors[0]!);
  assert.is(names(list), 'ba');
});

test('a waiter that is parked first comes before all others, and leaves like any other', () => {
  for (const before of ['', 'a', 'ab']) {
    const { list } = line(before);
    const [x, y] = [new Visitor('x'), new Visitor('y')];
    parkFirst(list, x);
    parkFirst(list, y);
    assert.is(names(list), `yx${before}`);
    assert.is(x._place, list);
    list._withdraw(x);
    assert.is(names(list), `y${before}`);
    assert.is(list._shift(), y);
    list._park(x);
    assert.is(names(list), `${before}x`);
  }
});

test('a waiter knows its place as long as it stands there, and leaves no link behind', () => {
  const { list, visitors } = line('abc');
  for (const visitor of visitors) assert.is(visitor._place, list);
  list._withdraw(visitors[1]!);
  list._shift();
  for (const visitor of visitors.slice(0, 2))
    assert.equal([visitor._place, visitor._previous, visitor._next], [undefined, undefined, undefined]);
  assert.is(visitors[2]!._place, list);
});

test('a waiter that leaves is not woken by that', () => {
  const { list, visitors } = line('ab');
  list._withdraw(visitors[1]!);
  list._shift();
  assert.equal(
    visitors.map(({ wakes }) => wakes),
    [[], []],
  );
});

test('all are woken in the order in which they came, once, with the value, and the list is empty', () => {
  const { list, visitors } = line('abc');
  const order: string[] = [];
  for (const visitor of visitors)
    visitor._wake = (value) => {
      assert.is(visitor._place, undefined, 'who wakes it has taken it out');
      order.push(`${visitor.name} ${value}`);
    };
  wakeAll(list, 'now');
  assert.equal(order, ['a now', 'b now', 'c now']);
  assert.is(names(list), '');
});

test('one that is taken out while the others are woken is not woken', () => {
  const { list, visitors } = line('abc');
  visitors[0]!._wake = () => list._withdraw(visitors[1]!);
  wakeAll(list, 'now');
  assert.equal([visitors[1]!.wakes, visitors[2]!.wakes], [[], ['now']]);
});

test('what is handed over is the place of the waiter from then on, so that a cancellation takes it back', () => {
  const { list, visitors } = line('a');
  const taken: Waiter[] = [];
  const back: Place = { _withdraw: (waiter) => taken.push(waiter) };
  handOver(list._shift()!, back, 'the key');
  const [a] = visitors;
  assert.equal(a!.wakes, ['the key']);
  assert.is(a!._place, back);
  a!._place!._withdraw(a!); // as the cancellation of a task does
  assert.equal(taken, [a]);
});

test('100,000 waiters that leave a line in any order take no time', () => {
  const list = new List<Visitor>();
  const visitors = Array.from({ length: 100_000 }, (_, i) => new Visitor(`${i}`));
  const took = processorTime();
  for (const visitor of visitors) list._park(visitor);
  // Steps of 7,919, a prime, come by each of them once.
  for (let i = 0; i < visitors.length; i++) list._withdraw(visitors[(i * 7_919) % visitors.length]!);
  assert.ok(took() < 1_000, `${took()} ms`);
  assert.is(names(list), '');
});

test.run();
