// `node demos machines` as a person runs it: on real hosts where there is a Redis, and without one. It is skipped by name
// where redis-server is not on PATH, or where BullMQ is not installed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOnPath } from '../../../../demos/programs/machines/server.ts';
import { installed } from '../../../../demos/support/install.ts';
import { demo, numbers, patiently } from '../../../support/demo.ts';
import type { Ended } from '../../../support/demo.ts';
import { temporaryFolder } from '../../../support/files.ts';
import { read, root } from '../../../support/package.ts';

const PEERS = 'demos/programs/machines/redis';
const pictures = temporaryFolder();

const why =
  !installed(join(root, PEERS)) ? `not installed: npm ci in ${PEERS}`
  : !isOnPath('redis-server') ? 'redis-server is not on PATH'
  : undefined;

const test = suite('demo machines');
const withRedis = why === undefined ? test : test.skip;
const named = (name: string): string => (why === undefined ? name : `${name} (${why})`);

/** The processes whose command lines have the text. */
const processesWith = (text: string): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text));

test('its packages are pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(read(`${PEERS}/package.json`)) as { dependencies: Record<string, string> };
  const lock = read(`${PEERS}/package-lock.json`);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  assert.not.match(lock, /"resolved"/);
  assert.equal(Object.keys(dependencies), ['bullmq', 'ioredis']);
  for (const [name, version] of Object.entries(dependencies))
    assert.is(packages[`node_modules/${name}`]?.version, version);
});

/** The two that run to their end, at the same time. */
const pictureOf = (name: string): string => join(pictures, `${name}.svg`);
const onProcesses = demo(`machines --items 100 --picture ${pictureOf('processes')}`, undefined, { env: { PATH: '' } });
let folder = '';
const runOnHosts = (factor: number) =>
  demo(`machines --items 240 --lease ${1_000 * factor} --picture ${pictureOf('hosts')}`, (_out, { files }) => {
    folder ||= files()[0] ?? '';
  });
const onHosts = why === undefined ? runOnHosts(1) : undefined;

test('without redis-server it says how to get one, and runs on processes, of which one is killed', async () => {
  const { code, out, err, left } = await onProcesses;
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(left, []);
  assert.match(
    out,
    /^There is no redis-server here, so this runs on processes\. To get one:\napt install redis-server/,
  );
  assert.match(out, /process was killed \(SIGKILL\)\n/);
  assert.match(out, '100 of 100 results are right');
  assert.match(out, /^process 2 .*SIGKILL at/m);
  const [[again] = []] = numbers(out, /^(\d+) calls ran more than once/gm);
  const vain = numbers(out, /^process \d +\d+ +(\d+) +\d+/gm).flat();
  assert.is(again ?? 0, Math.max(...vain));
  assert.match(readFileSync(pictureOf('processes'), 'utf8'), /^<svg [^]*<\/svg>\n$/);
});

withRedis(named('on three hosts, of which one is killed and one is cut off, every result is right'), () =>
  // A busy machine may hold up a host for longer than its lease.
  patiently((factor) => (factor === 1 ? onHosts! : runOnHosts(factor)), look),
);

function look({ code, out, err, left }: Ended): void {
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(
    out.split('\n').filter((line) => line.length > 80 && !line.includes('.svg')),
    [],
  );
  assert.match(out, '3 hosts serve');
  assert.match(out, /host 3 is behind (the cable of a network namespace|a proxy on 127\.0\.0\.1)\n/);
  assert.match(out, '240 of 240 results are right');
  const rows = numbers(out, /^host \d {3,}(\d+) +(\d+) +(\d+)/gm);
  assert.is(rows.length, 3);
  const [runs, vain, again] = [0, 1, 2].map((column) => rows.reduce((sum, row) => sum + row[column]!, 0));
  assert.is(runs! - vain!, 240, 'each call has one run that counts');
  assert.ok(vain! >= again!, 'whatever ran again has a run in vain');
  assert.is(rows[1]![2]! + rows[2]![2]!, 0, 'hosts that are gone run nothing again');
  assert.match(out, /^host 2 .*SIGKILL at \d+\.\d s$/m);
  assert.match(out, /^host 3 .*the cable is cut at \d+\.\d s$/m);
  const svg = readFileSync(pictureOf('hosts'), 'utf8');
  assert.is((svg.match(/<rect class="vain"[^>]*><title>/g) ?? []).length, vain);
  // Nothing is left: no file, no server, no host.
  assert.equal(left, []);
  assert.is.not(folder, '');
  assert.equal(processesWith(folder), []);
}

withRedis(named('SIGTERM while one host is behind a proxy that is cut ends all of them, and Redis'), async () => {
  let sent = false;
  let folder = '';
  const args = `machines --items 400 --proxy --picture ${pictureOf('none')}`;
  const { code, out, err, left } = await demo(args, (out, running) => {
    folder ||= running.files()[0] ?? '';
    if (!sent && out.includes('host 3 was cut off')) sent = running.child.kill('SIGTERM');
  });
  assert.is(err, '');
  assert.is(code, 143);
  assert.match(out, 'host 3 is behind a proxy on 127.0.0.1');
  assert.not.match(out, 'results are right');
  assert.equal(left, []);
  assert.is.not(folder, '');
  assert.equal(processesWith(folder), []);
});

test.run();
