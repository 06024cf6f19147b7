// Programs that nobody would write on purpose. The machine answers each of them, with a log or with a sentence.
import * as assert from 'uvu/assert';
import { seeded } from 'treadle/testing';
import { watchBuiltIns } from '../../demos/playground/run/built-ins.ts';
import type { FromWorker, ToWorker } from '../../demos/playground/run/request.ts';
import { show } from '../../demos/playground/run/show.ts';
import type { WorkerScope } from '../../demos/playground/run/worker.ts';
import { english } from '../../demos/playground/walk/sentences-english.ts';
import { lanesOf } from '../../demos/playground/walk/lanes.ts';
import { walkThrough } from '../../demos/playground/walk/walk.ts';
import { answer, EVERYTHING, machineSuite, run, serve, withImports } from './machine.ts';
import type { Options } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: attacks');

/** Runs it, goes through its log, and says each event. Gives how it ended, or what is wrong with it. */
function survive(code: string, options: Options = {}) {
  const result = run(code, options);
  assert.ok(result.error === undefined || /\S.*\.$/s.test(result.error.message), result.error?.message);
  assert.ok(result.log !== undefined || result.error !== undefined, code);
  if (result.log) {
    const { events } = result.log;
    assert.equal(JSON.parse(JSON.stringify(result)).log, result.log);
    const walk = walkThrough(result.log);
    const step = Math.ceil(events.length / 200);
    for (let n = 1; n <= events.length; n += step) english.of(events[n - 1]!, walk.stateAt(n - 1), walk.stateAt(n));
    lanesOf(result.log);
  }
  return result;
}

const inMain = (code: string) => withImports(`\nfunction* main() {\n${code}\n}`);

plainTest('any value can be shown, in one line', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const ring: unknown[] = [];
  ring.push(ring);
  const evil = [
    proxy,
    ring,
    Object.create(null),
    Symbol('s'),
    2n ** 9_999n,
    new Array(1e6),
    'x'.repeat(1e6),
    '\n\u2028\0',
  ];
  for (const value of [...evil, evil, { evil }]) {
    const text = show(value);
    assert.ok(text.length > 0 && text.length <= 200 && !/[\n\u2028\0]/.test(text), text);
  }
});

test('any piece of a program, and a program with any piece of garbage in it', () => {
  const random = seeded(7);
  const garbage = [
    '}',
    '{',
    'yield',
    'yield*',
    '`',
    "'",
    '/',
    '*',
    '...',
    '=>',
    'await',
    '#',
    '\\',
    '\0',
    '\u2028',
    '<T>',
    '@',
  ];
  for (let time = 0; time < 20; time++) {
    const at = Math.floor(random() * EVERYTHING.length);
    survive(EVERYTHING.slice(0, at));
    survive(EVERYTHING.slice(0, at) + garbage[time % garbage.length] + EVERYTHING.slice(at));
  }
});

test('texts that are no programs', () => {
  for (const code of [
    '',
    ' ',
    '\0',
    '😀',
    'null',
    '}{',
    '<!-- -->',
    '"use strict"',
    '#!/usr/bin/env node\nfunction* main() {}',
    '\ufefffunction* main() {}',
  ])
    survive(code);
  assert.match(survive('x'.repeat(300_000)).error!.message, /more than 200000 characters/);
  survive(`function* main() { ${'('.repeat(3_000)}1${')'.repeat(3_000)}; }`);
  survive(`function* main() { ${'[yield, '.repeat(500)}1${']'.repeat(500)}; }`);
});

test('everything may be yielded, and everything may be thrown', () => {
  const values = [
    'undefined',
    'null',
    '5',
    '"x"',
    '{}',
    '[]',
    '() => {}',
    'Symbol("s")',
    '5n ** 5000n',
    'new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })',
    'Object.create(null)',
    '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
    '{ then() {} }',
    '{ get then() { throw 3; } }',
    'NaN',
    'main',
  ];
  for (const value of values) {
    assert.is(survive(inMain(`try { yield (${value}); } catch (error) { console.log(error); }`)).error, undefined);
    assert.is(survive(inMain(`throw (${value});`)).ended, 'failed', value);
    survive(inMain(`return (${value});`));
    survive(inMain(`console.log(${value}, [${value}], { a: ${value} });`));
    survive(inMain(`const task = yield* spawn(sleep(5), { name: 'x' }); yield* cancel(task, ${value});`));
  }
});

test('objects whose fields throw, are endless, or contain themselves', () => {
  survive(
    inMain(`
    class Evil extends Error { get message() { throw 1; } get name() { throw 2; } get stack() { throw 3; } toString() { throw 4; } }
    console.log(new Evil());
    const ring = []; ring.push(ring); ring.self = ring;
    console.log(ring, new Array(1e6).fill(0), 'x'.repeat(1e5), { [Symbol.toPrimitive]() { throw 5; } });
    console.log(Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i])));
    yield* spawn(coroutine('args', function* (...args) { yield* now(); })(ring, new Array(1e5), 'y'.repeat(1e6)));
    throw new Evil();`),
  );
});

test('errors in strange places', () => {
  const places = [
    "try { yield* sleep(5); } finally { throw new Error('finally'); }",
    "yield* all([sleep(1), (function* () { throw new Error('a'); })(), (function* () { throw new Error('b'); })()]);",
    "yield* suspend(() => { throw new Error('suspend'); });",
    "yield* suspend((resume) => { resume(); resume(); return () => { throw new Error('clean-up'); }; });",
    "const { loop } = yield* currentTask(); loop.callSoon(() => { throw new Error('callback'); }); yield* sleep(1);",
    "const task = yield* currentTask(); task.cancel('self'); yield* sleep(1);",
    'const task = yield* currentTask(); task.cancel(); try { yield* sleep(1); } finally { yield* sleep(1); }',
    'yield* join(yield* currentTask());',
    'const lock = new Lock(); lock.release();',
    'yield* sleep(-1);',
    "yield* sleep('x');",
    'yield main; yield* main;',
    'const { loop } = yield* currentTask(); const future = new Future(loop); loop.callLater(5, () => future.setResult(1)); yield* join(future);',
    'yield* [1, 2, 3];',
    "yield* { [Symbol.iterator]() { throw new Error('iterator'); } };",
    'const g = main(); g.next(); g.next(); yield g;',
    "Object.defineProperty(Error.prototype, 'name', { get() { throw 1; } }); throw new Error('x');",
  ];
  for (const place of places.slice(0, -1)) survive(inMain(place));
});

test('a program that changes what is built in harms only itself', () => {
  const before = run(EVERYTHING).log;
  survive(inMain('console.log = 5; Math.random = 1; main.call = 1; JSON.x = 1; delete JSON.x;'));
  survive('const exports2 = exports; exports2.main = function* () {}; module.exports = null; require = 5;');
  survive('var $enter = 1, $at = 2, $here = 3; function* main() { yield $at; }');
  survive("const arguments2 = 1; function* main(arguments3 = arguments2) { yield* [...'ab']; }");
  assert.equal(run(EVERYTHING).log, before);
});

plainTest('a change of what is built in is seen', () => {
  const isChanged = watchBuiltIns();
  assert.not(isChanged());
  const { map } = Array.prototype;
  const changes: [change: () => void, undo: () => void][] = [
    [() => (Array.prototype.map = () => []), () => (Array.prototype.map = map)],
    [() => Object.assign(Object.prototype, { extra: 1 }), () => Reflect.deleteProperty(Object.prototype, 'extra')],
    [
      () => Object.assign(globalThis, { JSON: { ...JSON, stringify: () => '' } }),
      () => Object.assign(globalThis, { JSON: json }),
    ],
  ];
  const json = JSON;
  for (const [change, undo] of changes) {
    change();
    const found = isChanged();
    undo();
    assert.ok(found);
    assert.not(isChanged());
  }
});

test('a worker that a program has spoilt says so, and still answers', () => {
  const answers: FromWorker[] = [];
  const scope: WorkerScope = { onmessage: null, postMessage: (message) => void answers.push(message) };
  serve(scope);
  const send = (code: string) =>
    scope.onmessage?.({ data: { id: 1, request: { kind: 'run', code } } } as MessageEvent<ToWorker>);
  const { map } = Array.prototype;
  try {
    send('function* main() {}');
    send('function* main() { Array.prototype.map = () => { throw new Error("gone"); }; }');
  } finally {
    Array.prototype.map = map;
  }
  assert.equal(answers.map(({ isSpoilt }) => isSpoilt), [undefined, true]); // prettier-ignore
  assert.ok(answers[1]!.answer.kind === 'run' && (answers[1]!.answer.log ?? answers[1]!.answer.error));
});

test('thousands of tasks, deep stacks, and long names', () => {
  survive(inMain('for (let n = 0; n < 4_000; n++) yield* spawn(sleep(n));'));
  survive(inMain('yield* all(Array.from({ length: 3_000 }, () => yieldNow()));'));
  const deep = withImports(
    '\nfunction* down(n) { if (n > 0) yield down(n - 1); yield* sleep(1); }\nfunction* main() { yield down(500); }',
  );
  assert.is(survive(deep).ended, 'succeeded');
  const native = withImports(
    '\nfunction* down(n) { if (n > 0) yield* down(n - 1); yield* sleep(1); }\nfunction* main() { yield* down(1_000); }',
  );
  const { log } = survive(native);
  const size = JSON.stringify(log).length / log!.events.length;
  assert.ok(size < 600, `${size} characters an event`);
  survive(
    inMain(
      `yield* spawn(sleep(1), { name: 'n'.repeat(1e5) + '\\n' }); const lock = new Lock({ name: 'l'.repeat(1e5) }); yield* lock.acquire();`,
    ),
  );
});

test('wrong requests are answered, too', () => {
  const wrong: Options[] = [
    { seed: 0.5, late: 3 },
    { seed: 1, late: -1 },
    { seed: 1, late: 1e9 },
    { seed: NaN },
    { schedule: '' },
    { schedule: 't1_zz_0_1aA_9_x_9d' },
    {
      faults: [
        { kind: 'cancel', task: NaN, turn: NaN },
        { kind: 'timer', number: -1, late: NaN },
      ],
    },
    { faults: [{ kind: 'timer', number: 1, late: -1e9 }] },
    { limits: { events: 0 } },
    { limits: { events: 1, time: 0, output: 0 } },
  ];
  for (const options of wrong) survive(EVERYTHING, options);
  assert.ok(answer({ kind: 'find', code: EVERYTHING, late: -1 }).error);
  assert.ok(answer({ kind: 'find', code: EVERYTHING, runs: 0 }).error);
});

runSuite();
