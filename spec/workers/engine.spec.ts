// The engine in a worker: it is loaded for the first call that needs it, and nothing else shows that it was not there.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { read, root } from '../support/package.ts';
import { program } from '../support/programs.ts';
import { kinds } from '../support/workers.ts';

const built = (path: string): string => JSON.stringify(pathToFileURL(join(root, `dist/node/${path}.js`)).href);
const moduleOf = (text: string): string => JSON.stringify(`data:text/javascript,${encodeURIComponent(text)}`);

// The engine listens for the moment when the process would end, and so does the program of the worker.
const plain = moduleOf(`
  export const listeners = () => process.listenerCount('beforeExit');
  export const later = (value) => new Promise((resolve) => setImmediate(resolve, value));
  export const block = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };
  export const patient = function* () { try { console.log('in'); yield new Promise(() => {}); } finally { console.log('out'); } };
  export const data = () => ({ list: [1], map: new Map([[1, 2]]), bytes: new Uint8Array(2) });
  export const iterable = () => ({ [Symbol.iterator]: () => [][Symbol.iterator](), x: 1 });
  export const coroutine = function* (name) { try { console.log('in', name); yield; } finally { console.log('out', name); } };`);
const using = moduleOf(`
  import { sleep } from ${built('index')}; import { progress } from ${built('workers/index')};
  export const effect = () => sleep(1);
  export const nested = () => ({ wait: [sleep(5)] });
  export const steps = function* (name) { for (const i of [1, 2]) { progress(name + i); yield* sleep(1); } return name; };`);

const sorted = (out: string): string => out.split('\n').sort().join('\n');

for (const kind of kinds) {
  const test = suite(`the engine in a ${kind}`);
  const prints = async (options: string, body: string) => {
    const { code, out, err } = await program(
      `import { all, cancel, run, spawn, yieldNow } from 'treadle'; import { Pool } from 'treadle/workers';
      const pool = new Pool({ kind: '${kind}', workers: 1, ${options} });
      run((function* () { ${body} })());`,
      { built: true },
    );
    assert.equal([code, err], [0, '']);
    return out;
  };

  test('is not loaded for plain functions and promises, and then it is for a coroutine', async () =>
    assert.is(
      await prints(
        '',
        `const call = (name, ...args) => pool.apply(${plain}, name, args);
         const before = yield* call('listeners');
         const { list, map, bytes } = yield* call('data');
         console.log(list[0], map.get(1), bytes.length, yield* call('later', 3), (yield* call('listeners')) - before);
         try { yield* call('coroutine', 'a'); } catch (error) { console.log(error.name); }
         console.log((yield* call('listeners')) - before);`,
      ).then(sorted),
      // A bare yield of nothing is the TypeError. (What a worker prints may come later than what its program prints.)
      sorted('1 2 2 3 0\nin a\nout a\nTypeError\n1\n'),
    ));

  test('what can be iterated, and is no coroutine, is data like any other', async () =>
    assert.is(await prints('', `console.log(yield* pool.apply(${plain}, 'iterable'));`), '{ x: 1 }\n'));

  test('a coroutine that is cancelled before it is there does not start, or cleans up', async () =>
    assert.match(
      await prints(
        'concurrency: 2',
        `const call = (name, ...args) => pool.apply(${plain}, name, args);
         yield* call('later', 1);
         yield* spawn(call('block', 300)); // so the call and its cancellation arrive together
         const first = yield* spawn(call('patient'));
         yield* yieldNow();
         yield* cancel(first);
         console.log(first.state, yield* call('later', 2));`,
      ).then(sorted),
      // Node 22 can load it before the next message comes.
      /^\ncancelled 2(\nin\nout)?$/,
    ));

  test('the first calls, which wait for it, start in their order, each with its own progress', async () =>
    assert.is(
      await prints(
        'concurrency: 3',
        `const seen = {};
         const call = (name) => pool.apply(${using}, 'steps', [name], { onProgress: (value) => (seen[name] ??= []).push(value) });
         console.log(...(yield* all([call('a'), call('b'), call('c')])), JSON.stringify(seen));`,
      ),
      'a b c {"a":["a1","a2"],"b":["b1","b2"],"c":["c1","c2"]}\n',
    ));

  test('an effect that a function gives is performed, and one within a result is refused by its name', async () =>
    assert.is(
      await prints(
        '',
        `console.log(yield* pool.apply(${using}, 'effect'));
         try { yield* pool.apply(${using}, 'nested'); } catch (error) { console.log(error.message); }`,
      ),
      `undefined\nthe result of nested cannot be sent from a ${kind}: ` +
        'at .wait[0] it is sleep(5): yield it first, and send its result\n',
    ));

  test.run();
}

const inDist = suite('the program of a worker in dist/');

inDist('has nothing of the engine in it', () => {
  const parts = [...read('dist/node/workers/entry.cjs').matchAll(/^\/\/ lib\/(\S+)/gm)].map(([, path = '']) => path);
  assert.ok(parts.includes('workers/entry.ts') && parts.length > 10);
  const others = parts.filter((path) => !path.startsWith('workers/')).sort();
  assert.equal(
    [...new Set(others)],
    ['kernel/awaitable.ts', 'kernel/frame.ts', 'words/errors.ts', 'words/messages.ts', 'words/show.ts'],
  );
});

inDist('loads neither node:net nor node:v8 before they are needed', () => {
  const loaded = [...read('dist/node/workers/entry.cjs').matchAll(/= require\("(.*)"\);/g)].map(([, name]) => name);
  assert.equal([...new Set(loaded)].sort(), [
    ...['node:async_hooks', 'node:events', 'node:fs', 'node:module', 'node:url', 'node:util', 'node:worker_threads'],
  ]);
});

inDist.run();
