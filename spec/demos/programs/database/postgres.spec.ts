// `node demos database` as a person runs it, to its end and interrupted, where its Postgres is installed.
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../../../demos/support/install.ts';
import { demo, numbers, patiently } from '../../../support/demo.ts';
import type { Ended } from '../../../support/demo.ts';
import { read, root } from '../../../support/package.ts';

const folder = join(root, 'demos/programs/database/postgres');

const test = suite('demo database');
/** Postgres is not downloaded for the sake of a spec. */
const withPostgres = installed(folder) ? test : test.skip;

test('its Postgres is pinned to one version, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(read('demos/programs/database/postgres/package.json')) as {
    dependencies: Record<string, string>;
  };
  const lock = read('demos/programs/database/postgres/package-lock.json');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  assert.not.match(lock, /"resolved"/);
  assert.equal(Object.keys(dependencies), ['@electric-sql/pglite']);
  for (const [name, version] of Object.entries(dependencies)) {
    assert.is(packages[`node_modules/${name}`]?.version, version);
    assert.not.match(read('package.json') + read('package-lock.json'), name);
  }
});

withPostgres(
  'keeps the timer ticking, loses no deposit in transactions, and undoes what was cancelled or took too long',
  () => patiently((factor) => demo(`database --limit ${300 * factor} --delay ${300 * factor}`), look),
);

function look({ code, out, err, left }: Ended, factor: number): void {
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(left, []);
  assert.match(out, / PostgreSQL \d+/);
  assert.match(out, 'primes up to 5,000, 10,000 and 20,000: 669 1229 2262');
  const [[ticks] = []] = numbers(out, /the timer ticked (\d+) times/g);
  assert.ok(ticks! >= 20, out);
  assert.match(out, /statement by statement +10,/);
  assert.match(out, /in transactions +100\n/);
  const [[inserted] = []] = numbers(out, /(\d+) rows inserted; cancel </g);
  assert.ok(inserted! > 0, out);
  assert.match(out, /rows after: .* now it is <Task #\d+ import cancelled: 'not wanted'>/);
  assert.match(out, `TimeoutError: minute() took longer than ${300 * factor} ms`);
  assert.equal(numbers(out, /rows (?:before|after): +(\d+)/g), [[1], [1], [1], [1]]);
}

withPostgres('Ctrl-C while it starts leaves nothing', async () => {
  let sent = false;
  const { code, err, left } = await demo('database', (out, { child }) => {
    if (!sent && out.includes('Creating a database')) sent = child.kill('SIGINT');
  });
  assert.is(err, '');
  assert.is(code, 130);
  assert.equal(left, []);
});

withPostgres('SIGTERM in the middle of a transaction leaves nothing', async () => {
  let sent = false;
  const { code, out, err, left } = await demo('database --delay 60000', (out, { child }) => {
    if (!sent && out.includes('rows and is cancelled:')) (setTimeout(() => child.kill('SIGTERM'), 300), (sent = true));
  });
  assert.is(err, '');
  assert.is(code, 143);
  assert.equal(left, []);
  assert.not.match(out, 'rows after');
});

test.run();
