// Frames: how a generator is resumed, and what counts as one.
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isGenerator, resume } from '../../lib/kernel/frame.ts';
import { CLOSE, NEXT, THROW } from '../../lib/kernel/modes.ts';
import { thrown } from '../support/errors.ts';

/** Tells what comes in at its yield, and yields once more on its way out. */
function* door(log: unknown[]): Generator<string, string, unknown> {
  try {
    log.push(['next', yield 'open']);
  } catch (error) {
    log.push(['caught', error]);
  } finally {
    log.push(yield 'closing');
  }
  return 'shut';
}

/** Brings it to its first yield, and goes on in this mode. */
function resumed(mode: number, value?: unknown): { result: IteratorResult<unknown, unknown>; log: unknown[] } {
  const log: unknown[] = [];
  const generator = door(log);
  generator.next();
  return { result: resume[mode]!.call(generator, value), log };
}

const test = suite('frames');

test('are resumed by their mode: with an answer, by throwing an error, or with return()', () => {
  const error = new Error('no');
  assert.equal(resumed(NEXT, 'answer'), { result: { done: false, value: 'closing' }, log: [['next', 'answer']] });
  assert.equal(resumed(THROW, error), { result: { done: false, value: 'closing' }, log: [['caught', error]] });
  assert.equal(resumed(CLOSE), { result: { done: false, value: 'closing' }, log: [] }, 'no catch sees it');
});

test('are resumed by the language, whatever a generator says of its own methods', () => {
  const generator = door([]);
  generator.next = () => {
    throw new Error('not this one');
  };
  assert.equal(resume[NEXT]!.call(generator, undefined), { done: false, value: 'open' });
});

test('a generator is one, of this realm and of others', () => {
  assert.ok(isGenerator(door([])));
  assert.ok(isGenerator(runInNewContext('(function* () {})()')));
});

test('what only iterates, or has not been called, is none', () => {
  for (const other of [
    undefined,
    null,
    5,
    'text',
    {},
    [],
    [][Symbol.iterator](),
    new Map().entries(),
    (async function* () {})(),
    door,
    { next() {}, throw() {}, return() {} },
  ])
    assert.not(isGenerator(other), String(other));
});

test('what only calls itself a generator is refused by the language when it is resumed', () => {
  const impostor = { [Symbol.toStringTag]: 'Generator', next: () => ({ done: true }) };
  assert.ok(isGenerator(impostor));
  assert.instance(
    thrown(() => resume[NEXT]!.call(impostor as never, undefined)),
    TypeError,
  );
});

test.run();
