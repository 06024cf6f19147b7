// How a reader's text becomes a script: types go, marks come, and lines stay.
import * as assert from 'uvu/assert';
import { Activations } from '../../demos/playground/run/activations.ts';
import { eventsOf, logOf, machineSuite, run, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: marks');

/** The lines at which the tasks of a program wait or were answered, in their order. */
const linesOf = (code: string) =>
  logOf(code).events.flatMap((event) => ('line' in event && event.kind !== 'spawned' ? [event.line] : []));

plainTest('a mark is good for one thing only, and knows the generators around it', () => {
  const { enter, at, take } = ((marks) => ({ ...marks, take: () => marks.take() }))(new Activations());
  assert.is(take(), undefined);
  const main = enter('main', []);
  at(main, 5, undefined);
  const inner = enter('inner', []); // by the yield* of main
  assert.is(at(inner, 2, 'a value'), 'a value');
  assert.equal(take(), [{ name: 'main', line: 5 }, { name: 'inner', line: 2 }]); // prettier-ignore
  assert.is(take(), undefined);
  at(enter('other', []), 9, undefined); // what was taken is not a yield* any more
  assert.equal(take(), [{ name: 'other', line: 9 }]);
});

test('each form of yield has the line on which it stands', () => {
  const code = withImports(`
function* main() {
  yield* sleep(1);
  yield sleep(2);
  const [a, b] = [yield* now(), yield* now()];
  yield* sleep(yield* now());
  yield (yield* currentTask(), sleep(
    3));
  for (const ms of [4, 5])
    yield* sleep(ms);
  switch (yield* now()) { default: yield* sleep(6) }
  const f = () => 1, text = \`\${yield* now()} \${f()}\`;
  if (a < 0 || (yield* now()) > 0) yield* sleep(7); else yield* sleep(8);
  return yield* sleep(9);
}`);
  const shown = [3, 4, 5, 5, 6, 6, 7, 7, 10, 10, 11, 11, 12, 13, 13, 14];
  assert.equal(linesOf(code), shown);
});

test('each form of generator has its name, and what it was called with', () => {
  const code = withImports(`
const expression = function* (a) { yield* now(); };
const named = coroutine('job', function* load(a) { yield* now(); });
const byVariable = coroutine(function* () { yield* now(); });
class Shop { *sell(what) { yield* now(); } static *open() { yield* now(); } *#hide() { yield* now(); } hide() { return this.#hide(); } }
const object = { *method(a, b) { yield* now(); }, property: function* () { yield* now(); } };
function* main() {
  yield expression(1);
  yield named('x');
  yield byVariable();
  yield new Shop().sell({ id: 1 });
  yield Shop.open();
  yield new Shop().hide();
  yield object.method(1, [2]);
  yield object.property();
}`);
  const texts = eventsOf(logOf(code), 'calls').map(({ text }) => text);
  assert.equal(texts.slice(1), [
    'expression(1)',
    "job('x')",
    'byVariable()',
    'sell({ id: 1 })',
    'open()',
    '#hide()',
    'method(1, [2])',
    'a coroutine()',
  ]);
});

test('generators within one frame are told from the outermost one in', () => {
  const code = withImports(`
function* inner() {
  yield* sleep(1);
}
function* outer() {
  yield* inner();
}
function* main() {
  yield* outer();
  yield outer();
}`);
  const [native, framed] = eventsOf(logOf(code), 'waits');
  assert.equal(native!.inside, [
    { name: 'main', line: 9 },
    { name: 'outer', line: 6 },
    { name: 'inner', line: 3 },
  ]);
  assert.equal(framed!.inside, [
    { name: 'outer', line: 6 },
    { name: 'inner', line: 3 },
  ]);
});

test('what the engine yields has no line, and what is performed again has its own', () => {
  const code = withImports(`
function* child() { yield* sleep(5); }
function* main() {
  const lock = new Lock();
  yield* lock.with(sleep(1));
  const task = yield* spawn(child());
  yield* spawn(child());
  yield* join(task);
}`);
  const log = logOf(code);
  const acquire = eventsOf(log, 'answers').find(({ text }) => text === 'lock.acquire()');
  assert.is(acquire!.line, undefined);
  const again = log.events.find((event) => event.kind === 'begins' && event.how === 'perform');
  const answers = log.events.slice(log.events.indexOf(again!)).find(({ kind }) => kind === 'answers');
  assert.is(answers?.kind === 'answers' && answers.line, 8);
});

test('a generator that the program drives by hand is not taken for a frame of the task', () => {
  const code = withImports(`
function* talk() {
  yield 'a';
  yield 'b';
}
function* main() {
  const words = talk();
  words.next();
  yield* sleep(1);
  words.next();
  yield* sleep(1);
}`);
  const waits = eventsOf(logOf(code), 'waits');
  assert.equal(
    waits.map(({ inside }) => inside),
    [[{ name: 'main', line: 9 }], [{ name: 'main', line: 11 }]],
  );
});

test('a yield of nothing, also in front of a bracket on the next line', () => {
  const code = withImports(`
function* main() {
  try { yield } catch (error) { console.log(error.name) }
  try {
    const nothing = yield
    ;(console.log)('not reached')
  } catch {}
  try {
    yield
    (console.log)('not called')
  } catch {}
}`);
  const { error, output } = run(code);
  assert.is(error, undefined);
  assert.is(output, 'TypeError\n');
});

test('types go, and the program may have variables of every name', () => {
  const code = `import { sleep, type Coroutine } from './engine.ts';
import type { Task } from './engine.ts';
interface Point<T> { readonly x: T }
const $at = 1, $here: number = 2, self = 3, $enter = <T,>(a: T): a is T & {} => true;
function isPoint(value: unknown): value is Point<number> { return true; }
function* main(): Coroutine<number> {
  const point = { x: 1 } satisfies Point<number> as Point<number>;
  yield* sleep(point!.x as number);
  return $at + $here + self + ($enter(1) ? 1 : 0) + (isPoint(point) ? 1 : 0);
}
`;
  const { ended, log, error } = run(code);
  assert.is(error, undefined);
  assert.is(ended, 'succeeded');
  const end = log!.events.at(-1);
  assert.is(end?.kind === 'ended' && end.value, '8');
});

runSuite();
