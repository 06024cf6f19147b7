// What is not there: packages, a server, its password, a host, the version, the function. Each is an error within six
// seconds that says what to do, and nothing waits in silence.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { timeout } from 'treadle';
import { machines, serve } from 'treadle/distributed';
import type { MachinesError } from 'treadle/distributed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/command.ts';
import { caught } from '../support/errors.ts';
import { end, hosts, machinesOf, rootUrl, startHost, version } from '../support/hosts.ts';
import { root } from '../support/package.ts';
import { node, withSources } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { listening } from '../support/servers.ts';
import { flags, jobs, within } from '../support/workers.ts';

const test = suite('what machines need and do not find');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`an error that says what to do (${missing})`, () => {});

/** Six seconds, and what a busy machine takes for them. */
const SOON = 30_000;

let redis: RedisServer;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer({ password: 'the right one' });
  });
  test.after(() => redis.stop());
}

/** The error of a call. It comes soon. */
const errorOf = (options: Parameters<typeof machinesOf>[1], name = 'square'): Promise<Error> =>
  within(() => timeout(SOON, caught(machinesOf(redis, options).apply(jobs, name, [1]))));

withRedis('no server, one that does not answer, one of another kind: the address, within connectTimeout', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  const other = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const ports = await Promise.all([freePort(), listening(silent), listening(other)]);
  const [nobody] = ports;
  const errors = await Promise.all([
    errorOf({ url: `redis://127.0.0.1:${nobody}` }),
    ...ports.map((port) => errorOf({ url: `redis://127.0.0.1:${port}`, connectTimeout: 300 })),
  ]);
  for (const [i, { message }] of errors.entries()) assert.match(message, `redis://127.0.0.1:${[nobody, ...ports][i]}`);
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

withRedis('permissions: the users of docs/workers.md have enough, and whoever has too little is told so', async () => {
  const users = readFileSync(join(root, 'docs/workers.md'), 'utf8').matchAll(/^user ((?:caller|host1) on .*)$/gm);
  const rules = Array.from(users, ([, rule]) => rule!.replace(/SECRET\d/, 'secret').split(' '));
  assert.is(rules.length, 2);
  const all = ['on', '>secret', '~treadle:*', '+@all'];
  rules.push(['reader', ...all, '-@write'], ['elsewhere', 'on', '>secret', '~other:*', '+@all']);
  rules.push(['unable', ...all, '-@scripting'], ['halfway', ...all, '-@write', '+set']);
  for (const rule of rules) await redis.command('ACL', 'SETUSER', ...rule);
  const as = (user: string) => `redis://${user}:secret@127.0.0.1:${redis.port}`;
  const few = ['reader', 'elsewhere', 'unable', 'halfway'];
  const refused = /refuses this program: (NOPERM|ERR The user executing the script)/;
  const errors = await Promise.all(few.map((user) => errorOf({ url: as(user) })));
  const [[host], ended] = await Promise.all([
    hosts(redis, 1, { url: as('host1') }),
    // `halfway` may write a key, and none of a queue. It can only be told so when it serves.
    Promise.all(few.slice(0, 3).map((user) => startHost(redis, { url: as(user) }).ended)),
  ]);
  for (const [i, { message }] of errors.entries()) assert.match(message, refused, few[i]);
  for (const [i, { code, err }] of ended.entries()) {
    assert.is(code, 1, few[i]);
    assert.match(err, refused);
  }
  assert.equal(await within(() => machinesOf(redis, { url: as('caller') }).map(jobs, 'square', [1, 2])), [1, 4]);
  await end(host!);
});

withRedis('a server that has no memory left', async () => {
  await redis.command('CONFIG', 'SET', 'maxmemory', 1);
  const error = await errorOf({});
  await redis.command('CONFIG', 'SET', 'maxmemory', 0);
  assert.is((error as MachinesError).code, 'refused');
  assert.match(error.message, /refuses this program: OOM/);
});

withRedis('nobody serves, or only another version does', async () => {
  const [nobody, [host]] = await Promise.all([
    errorOf({ connectTimeout: 2_000 }), // the machine is busy with the start of the host, too
    hosts(redis, 1, { version: '2.0.0' }),
  ]);
  assert.match(nobody.message, `nobody serves treadle@${version}`);
  assert.match((await errorOf({ connectTimeout: 1_000 })).message, `nobody serves treadle@${version}`);
  assert.is(await within(() => machinesOf(redis, { version: '2.0.0' }).apply(jobs, 'square', [3])), 9);
  await end(host!);
  const gone = await errorOf({ version: '2.0.0', connectTimeout: 1_000 });
  assert.match(gone.message, /nobody serves treadle@2\.0\.0/);
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
    [`redis://127.0.0.1:${port}`, `redis://:secret@127.0.0.1:${redis.port}`].map(
      (url) => startHost(redis, { url, connectTimeout: 300 }).ended,
    ),
  );
  for (const { code, err } of ended) {
    assert.is(code, 1, err);
    assert.match(err, /127\.0\.0\.1:\d+/);
    assert.not.match(err, ':secret@', 'a password is not shown');
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

/** Loaded before a program, it hides packages from `require`. */
const hide = (names: readonly string[]) =>
  `data:text/javascript,${encodeURIComponent(`import Module from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (name, ...others) {
      if (${JSON.stringify(names)}.includes(name.split('/')[0]))
        throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' });
      return resolve.call(this, name, ...others);
    };`)}`;

test('its packages: a TypeError that names the command', async () => {
  const call = `{ url: 'redis://127.0.0.1:1', root: new URL(${JSON.stringify(rootUrl.href)}), version: '1', modules: ['a.js'] }`;
  const source = withSources(`import { machines, serve } from 'treadle/distributed';
    for (const make of [machines, serve])
      try { make(${call}); } catch (error) { console.log(error.name, error.message); }`);
  const ended = await Promise.all(
    [['bullmq'], ['ioredis'], ['bullmq', 'ioredis']].map((names) =>
      node([...flags, '--import', hide(names), '--input-type=module', '--eval', source]),
    ),
  );
  for (const { out, err } of ended) {
    assert.is(err, '');
    assert.match(out, /^(TypeError .*npm install .*bullmq.* ioredis.*\n){2}$/);
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
    [{ lease: 999 }, /lease of 1000 ms or more, not 999/],
    [{ lease: -1 }, /lease/],
    [{ lease: 'long' }, /lease/],
    [{ keep: NaN }, /keep/],
    [{ connectTimeout: -5 }, /connectTimeout/],
    [{ orphans: 'adopt' }, /'cancel' or 'finish'.*, not 'adopt'/],
    [{ pool: 5 }, /pool, not 5/],
    [{ pool: { workers: 0 } }, /workers of 1 or more, not 0/],
    [{ url: 'redis://user:se/cret@host:99999' }, /url of a Redis server.*, not 'redis:\/\/\.\.\.@host:99999'/],
  ];
  const wrongToServe: [object, RegExp][] = [
    [{ root: './' }, /root/],
    [{ version: 1.4 }, /version/],
    [{ url: undefined }, /url/],
    [{ modules: ['../jobs.js'] }, /modules/],
    [{ pool: 'threads' }, /pool, not 'threads'/],
    [{ pool: { workers: 0 } }, /workers/],
    [{ drain: -1 }, /drain/],
    [{ lease: 10 }, /lease of 1000 ms or more, not 10/],
    [{ connectTimeout: 0 }, /connectTimeout of 1 ms or more, not 0/],
    [{ onReady: true }, /onReady/],
    [{ onError: {} }, /onError/],
  ];
  for (const [change, says] of wrongToServe)
    assert.throws(() => serve({ ...right, modules: ['a.js'], ...change }), says, JSON.stringify(change));
  assert.throws(() => serve(undefined as never), /serve takes .* root/);
  for (const [change, says] of wrong)
    assert.throws(() => machines({ ...right, ...change } as never), says, JSON.stringify(change));
  assert.throws(() => machines(undefined as never), /machines/);
  const pool = machines({ ...right, url: undefined } as never); // on processes: the packages need not be there
  assert.throws(() => pool.apply(jobs, 'square', [1], { key: 5 as never }), /key/);
  assert.throws(() => pool.apply(jobs, 'square', [1], { onProgress: 5 as never }), /onProgress/);
});

test.run();
