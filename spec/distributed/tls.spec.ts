// TLS to the server, with a certificate that has signed itself: how it comes to be trusted, and what is said if it is
// not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machines, MachinesError, serve } from 'treadle/distributed';
import type { MachinesOptions } from 'treadle/distributed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/command.ts';
import { caught } from '../support/errors.ts';
import { temporaryFolder } from '../support/files.ts';
import { end, hosts, machinesOf, rootUrl, version } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoTls } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { jobs, within } from '../support/workers.ts';

const test = suite('TLS to the server');
const missing = whyNoTls();
const withTls = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`certificates that are trusted, and others (${missing})`, () => {});

/** A busy machine needs some seconds, too. */
const SOON = 30_000;

let redis: RedisServer;
let host: Running;
let cert: string;
let key: string;
if (missing === undefined) {
  test.before(async () => {
    const folder = temporaryFolder();
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-days', '2', '-out', certFile], { stdio: 'ignore' });
    [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
    redis = await redisServer({ tlsPort: await freePort(), args: [...files, '--tls-auth-clients', 'optional'] });
    [host] = (await hosts(redis, 1, { env: { NODE_EXTRA_CA_CERTS: certFile } })) as [Running];
  });
  test.after(async () => {
    await end(host);
    await redis.stop();
  });
}

const square = (options: Partial<MachinesOptions> & { readonly url?: string }) =>
  machinesOf(redis, options).apply<number>(jobs, 'square', [3]);

/** The error of a call, which comes soon. */
async function errorOf(options: Parameters<typeof square>[0]): Promise<MachinesError> {
  const begin = performance.now();
  const error = await within(() => caught(square(options)));
  assert.ok(performance.now() - begin < SOON, 'it comes soon');
  assert.instance(error, MachinesError);
  return error as MachinesError;
}

withTls('a call reaches its host when both trust the certificate, by an option or by NODE_EXTRA_CA_CERTS', () =>
  within(function* () {
    assert.match(redis.url, /^rediss:/);
    assert.is(yield* square({ tls: { ca: cert } }), 9);
    assert.is(yield* square({ tls: { ca: Buffer.from(cert) }, url: redis.url.replace('127.0.0.1', 'localhost') }), 9);
  }),
);

withTls('a certificate that is not trusted: an error at once that says how to trust it', async () => {
  const error = await errorOf({});
  assert.is(error.code, 'untrusted');
  assert.match(error.message, `the certificate of the Redis server at ${redis.url} is not trusted (self-signed`);
  assert.match(error.message, /tls: \{ ca \}.*NODE_EXTRA_CA_CERTS/);
});

withTls('a certificate for another name', async () => {
  const error = await errorOf({ tls: { ca: cert, servername: 'redis.example' } });
  assert.is(error.code, 'untrusted');
  assert.match(error.message, /redis\.example.*tls: \{ servername \}/);
});

withTls('a url that does not say whether there is TLS', async () => {
  const [without, needless] = await Promise.all([
    errorOf({ url: redis.url.replace('rediss', 'redis'), connectTimeout: 300 }),
    errorOf({ url: `rediss://127.0.0.1:${redis.port}`, connectTimeout: 300 }),
  ]);
  for (const { code, message } of [without, needless]) {
    assert.is(code, 'no-server');
    assert.match(message, /url right \(rediss:\/\/ for TLS, redis:\/\/ without\)/);
  }
});

withTls('a server that asks for the certificate of this program', async () => {
  await redis.command('CONFIG', 'SET', 'tls-auth-clients', 'yes');
  assert.is(await within(() => square({ tls: { ca: cert, cert, key } })), 9);
  // The server hangs up, and mostly so quickly that its reason is lost.
  const error = await errorOf({ tls: { ca: cert }, connectTimeout: 1_000 });
  assert.ok(error.code === 'refused' || error.code === 'no-server', error.code);
  assert.match(error.message, /tls: \{ cert, key \}/);
});

test('what is given as tls is checked at the call, and a key is not shown', () => {
  const right = { url: 'rediss://127.0.0.1:1', root: rootUrl, version };
  const pem = (text: string) => `-----BEGIN ${text}-----\nrubbish\n-----END ${text}-----\n`;
  const wrong: [object, RegExp][] = [
    [{ tls: true }, /an object as tls.*, not true/],
    [{ tls: { ca: '/etc/jobs/ca.pem' } }, /the contents of a PEM file, and not its path, as tls\.ca/],
    [{ tls: { ca: 5 } }, /tls\.ca/],
    [{ tls: { cert: pem('CERTIFICATE') } }, /tls\.cert and tls\.key together/],
    [{ tls: { cert: pem('CERTIFICATE'), key: pem('PRIVATE KEY') } }, /cannot use its tls: /],
    [{ tls: { servername: 5 } }, /text as tls\.servername, not 5/],
    [{ tls: {}, url: 'redis://:secret@127.0.0.1:1' }, /tls only with a url that begins with rediss/],
  ];
  for (const [change, says] of wrong)
    for (const make of [machines, serve])
      try {
        make({ ...right, modules: ['a.js'], ...change });
        assert.unreachable(JSON.stringify(change));
      } catch (error) {
        assert.instance(error, TypeError);
        assert.match((error as Error).message, says);
        assert.not.match((error as Error).message, /rubbish|secret/);
      }
});

test.run();
