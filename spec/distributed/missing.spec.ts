// What is not there: packages, a server, its password, a host, the version, the function. Each is an error within six
// seconds that says what to do, and nothing waits in silence.
import { createServer } from 'node:net';
import { machines } from 'treadle/distributed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/command.ts';
import { caught } from '../support/errors.ts';
import { end, hosts, machinesOf, rootUrl, startHost, version } from '../support/hosts.ts';
import { node, withSources } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { listening } from '../support/servers.ts';
import { flags, jobs, within } from '../support/workers.ts';

const test = suite('what machines need and do not find');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`an error that says what to do (${missing})`, () => {});

const SOON = 6_000;

let redis: RedisServer;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer({ password: 'the right one' });
  });
  test.after(() => redis.stop());
}

/** The error of a call, and that it came soon. */
async function errorOf(options: Parameters<typeof machinesOf>[1], name = 'square'): Promise<Error> {
  const begin = performance.now();
  const error = await within(() => caught(machinesOf(redis, options).apply(jobs, name, [1])));
  const ms = performance.now() - begin;
  assert.ok(ms < SOON, `${Math.round(ms)} ms: ${error}`);
  return error as Error;
}

withRedis('no server: the address, within connectTimeout', async () => {
  const port = await freePort();
  const [refused, short] = await Promise.all([
    errorOf({ url: `redis://127.0.0.1:${port}` }),
    errorOf({ url: `redis://127.0.0.1:${port}`, connectTimeout: 300 }),
  ]);
  for (const error of [refused, short]) {
    assert.match(error.message, `127.0.0.1:${port}`);
    assert.match(error.message, /redis/i);
  }
});

withRedis('a server that does not answer, and one that speaks another language', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  const other = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const ports = await Promise.all([listening(silent), listening(other)]);
  const errors = await Promise.all(ports.map((port) => errorOf({ url: `redis://127.0.0.1:${port}` })));
  for (const [i, error] of errors.entries()) assert.match(error.message, `127.0.0.1:${ports[i]}`);
  for (const socket of sockets) socket.destroy();
  silent.close();
  other.close();
});

withRedis('a wrong password, and none', async () => {
  const address = `127.0.0.1:${redis.port}`;
  const [wrong, none] = await Promise.all([
    errorOf({ url: `redis://:a%20wrong%20one@${address}` }),
    errorOf({ url: `redis://${address}` }),
  ]);
  for (const error of [wrong, none]) {
    assert.match(error.message, address);
    assert.match(error.message, /password|NOAUTH|WRONGPASS|auth/i);
    assert.not.match(error.message, /a.{1,3}wrong.{1,3}one/, 'a password is not shown');
  }
});

withRedis('nobody serves, or only another version does', async () => {
  const nobody = await errorOf({});
  assert.match(nobody.message, `nobody serves treadle@${version}`);
  const [host] = await hosts(redis, 1, { version: '2.0.0' });
  assert.match((await errorOf({})).message, `nobody serves treadle@${version}`);
  assert.is(await within(() => machinesOf(redis, { version: '2.0.0' }).apply(jobs, 'square', [3])), 9);
  await end(host!);
  assert.match((await errorOf({ version: '2.0.0' })).message, /nobody serves treadle@2\.0\.0/);
});

withRedis('a function that is not listed', async () => {
  const [host] = await hosts(redis, 1, { modules: ['workers/coroutines.js'] });
  const error = await errorOf({});
  assert.match(error.message, /workers\/jobs\.js/);
  assert.match(error.message, /modules|serve/);
  await end(host!);
});

withRedis('a host without a server, or with a wrong password, ends with an error that says so', async () => {
  const port = await freePort();
  const ended = await Promise.all(
    [`redis://127.0.0.1:${port}`, `redis://:no@127.0.0.1:${redis.port}`].map((url) => startHost(redis, { url }).ended),
  );
  for (const { code, err, ms } of ended) {
    assert.is(code, 1, err);
    assert.match(err, /127\.0\.0\.1:\d+/);
    assert.ok(ms < 3 * SOON);
  }
});

withRedis('a host that lists a module that is not there, or outside of its root', async () => {
  const ended = await Promise.all(
    [['workers/nothing.js'], ['../package.json'], []].map((modules) => startHost(redis, { modules }).ended),
  );
  for (const { code, err } of ended) assert.is(code, 1, err);
  assert.match(ended[0]!.err, /workers\/nothing\.js/);
  assert.match(ended[1]!.err, /root/);
});

/** A program for which packages cannot be found. */
const without = (names: readonly string[]) => {
  const hooks = `export function resolve(specifier, context, next) {
    if (${JSON.stringify(names)}.includes(specifier)) { const error = new Error('Cannot find package \\'' + specifier + '\\''); error.code = 'ERR_MODULE_NOT_FOUND'; throw error; }
    return next(specifier, context);
  }`;
  const url = `data:text/javascript,${encodeURIComponent(hooks)}`;
  return `data:text/javascript,${encodeURIComponent(`import { register } from 'node:module'; register(${JSON.stringify(url)});`)}`;
};

test('its packages: a TypeError that names the command', async () => {
  const source = withSources(`import { run } from 'treadle';
    import { machines } from 'treadle/distributed';
    const pool = machines({ url: 'redis://127.0.0.1:1', root: new URL(${JSON.stringify(rootUrl.href)}), version: '1' });
    run(pool.apply(${JSON.stringify(jobs.href)}, 'square', [1])).then(console.log, (error) => console.log(error.name, error.message));`);
  const ended = await Promise.all(
    [['bullmq'], ['ioredis'], ['bullmq', 'ioredis']].map((names) =>
      node([...flags, '--import', without(names), '--input-type=module', '--eval', source]),
    ),
  );
  for (const { out, ms } of ended) {
    assert.match(out, /^TypeError .*npm (install|i) .*bullmq/);
    assert.match(out, 'ioredis');
    assert.ok(ms < 4 * SOON);
  }
});

test('without a url the same program runs on processes', async () => {
  const result = await within(function* () {
    const pool = machines({ url: undefined, root: rootUrl, version });
    const squares = yield* pool.map<number>(jobs, 'square', [1, 2, 3]);
    const { pid } = yield* pool.apply<{ pid: number }>(jobs, 'where');
    yield* pool.close();
    return [squares, pid === process.pid];
  });
  assert.equal(result, [[1, 4, 9], false]);
});

test('what is given is checked at the call', () => {
  const right = { url: 'redis://127.0.0.1:1', root: rootUrl, version };
  const wrong: [object, RegExp][] = [
    [{ url: 5 }, /url/],
    [{ url: 'http://example.org' }, /url/],
    [{ root: undefined }, /root/],
    [{ root: './' }, /root/],
    [{ version: undefined }, /version/],
    [{ version: '' }, /version/],
    [{ inFlight: 0 }, /inFlight.*1 or more, not 0/],
    [{ inFlight: 1.5 }, /inFlight/],
    [{ retries: -1 }, /retries.*0 or more, not -1/],
    [{ lease: -1 }, /lease/],
    [{ lease: 'long' }, /lease/],
    [{ keep: NaN }, /keep/],
    [{ connectTimeout: -5 }, /connectTimeout/],
    [{ orphans: 'adopt' }, /'cancel' or 'finish', not 'adopt'/],
  ];
  for (const [change, says] of wrong)
    assert.throws(() => machines({ ...right, ...change } as never), says, JSON.stringify(change));
  assert.throws(() => machines(undefined as never), /machines/);
  const pool = machines(right);
  assert.throws(() => pool.apply(jobs, 'square', [1], { key: 5 as never }), /key/);
  assert.throws(() => pool.apply(jobs, 'square', [1], { onProgress: 5 as never }), /onProgress/);
});

test.run();
