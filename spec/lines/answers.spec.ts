// What is read from the inspector's answers.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFunction, readGenerator } from '../../lib/lines/answers.ts';
import { askInspector } from '../../lib/lines/inspector.ts';
import { stackOf } from '../../lib/lines/frames.ts';

const test = suite("the inspector's answers");

const location = { scriptId: '1', lineNumber: 2, columnNumber: 3 };
const generator = (text?: string, state?: string) => ({
  result: [],
  internalProperties: [
    { name: '[[GeneratorLocation]]', value: { value: location } },
    ...(state ? [{ name: '[[GeneratorState]]', value: { value: state } }] : []),
    ...(text === undefined ? [] : [{ name: '[[GeneratorFunction]]', value: { description: text } }]),
  ],
});

test('name the function of a generator, however it is written', () => {
  for (const [text, name] of [
    ['function* page(url) {', 'page'],
    ['function*page() {', 'page'],
    ['function *page() {', 'page'],
    ['function* () {', ''],
    ['*visit(page) {', 'visit'],
    ['static *visit() {', 'visit'],
    ['*#secret() {', '#secret'],
    ['* [Symbol.iterator]() {', ''],
    [undefined, ''],
  ] as const)
    assert.equal(readGenerator(generator(text)), { name, location }, text);
});

test('have no place for a generator that runs, or is over', () => {
  assert.is(readGenerator(generator('function* page() {', 'running')), undefined);
  assert.is(readGenerator({ result: [], internalProperties: [] }), undefined);
  assert.is(readGenerator({ result: [] }), undefined);
  assert.is(readFunction({ result: [] }), undefined);
});

test('come in the order of the questions, also of generators that were not started, or are over', () => {
  function* one() {
    yield 1;
  }
  const [fresh, suspended, over] = [one(), one(), one()];
  suspended.next();
  over.return();
  const { generators, functions, scripts } = askInspector([fresh, suspended, over], [one])!;
  assert.equal(
    generators.map((found) => found?.name),
    ['one', 'one', undefined],
  );
  assert.ok(generators[1]!.location.lineNumber >= generators[0]!.location.lineNumber);
  assert.is(functions[0]!.scriptId, generators[0]!.location.scriptId);
  assert.match(scripts.get(functions[0]!.scriptId)!.url, /answers\.spec\.[jt]s$/);
});

test('are about the innermost 20 frames of a deep stack, and the outermost 5', () => {
  const stack = (depth: number) => {
    let frame: object | undefined;
    for (let n = depth; n > 0; n--) frame = { _generator: n, _caller: frame };
    return stackOf({ _frame: frame } as never);
  };
  assert.equal(stack(0), { generators: [], gap: undefined });
  assert.is(stack(25).gap, undefined);
  assert.is(stack(25).generators.length, 25);
  const deep = stack(1_000);
  assert.equal(deep.gap, { after: 20, count: 975 });
  assert.equal(deep.generators.slice(19), [20, 996, 997, 998, 999, 1_000]);
});

test.run();
