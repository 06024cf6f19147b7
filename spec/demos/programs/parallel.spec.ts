// `node demos parallel` as a person runs it: with its own commands, with those of the user, and interrupted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, patiently, runProgram } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

/** The commands may have spaces in them. */
const parallel = (options: string, ...commands: string[]) =>
  runProgram(process.execPath, ['demos', 'parallel', ...options.split(' ').filter(Boolean), '--', ...commands]);

const program = (code: string) => `"${process.execPath}" -e "${code}"`;

const test = suite('demo parallel');

test('its own three commands: one is done, one fails, one is ended, and cleans up', () =>
  patiently((factor) => demo(`parallel --limit ${1_000 * factor}`), look));

function look({ code, out, err }: Ended, factor: number): void {
  assert.is(err, '');
  assert.is(code, 1);
  for (const n of [1, 2, 3, 4]) assert.match(out, `[1] step ${n}\n`);
  assert.match(out, '[1] is done\n');
  assert.match(out, /\[2\] this one fails\n[^]*\[2\] exit code 3\n/);
  assert.match(out, '[3] it cleans up\n');
  assert.match(out, `[3] took longer than ${1_000 * factor} ms\n`);
  assert.match(out, /\n1 done, 2 failed\n$/);
}

test('commands of the user, one at a time, and again when they fail', async () => {
  const [good, bad] = await Promise.all([
    parallel('--jobs 1', program("console.log('a'); console.error('b')"), 'exit 0'),
    parallel('--attempts 2', 'echo once; exit 4'),
  ]);
  assert.is(good.code, 0);
  assert.is(good.err, '');
  assert.match(good.out, /\[1\] a\n/);
  assert.match(good.out, /\[1\] b\n/);
  assert.match(good.out, /\n2 done, 0 failed\n$/);
  assert.ok(good.out.indexOf('[1] is done') < good.out.indexOf('[2] is done'), good.out);
  assert.is(bad.code, 1);
  assert.is(bad.out.match(/\[1\] once\n/g)?.length, 2);
  assert.match(bad.out, '[1] exit code 4\n');
});

test('Ctrl-C ends them, also what their shells have started, and waits for that', async () => {
  let sent = false;
  const ends = "process.on('SIGTERM', () => { console.log('it is ended'); setTimeout(() => process.exit(), 50) })";
  const waits = program(`${ends}; setInterval(() => {}, 1000); console.log('it waits')`);
  const { code, out } = await runProgram(
    process.execPath,
    // The shell is not replaced by the command, because another one follows.
    ['demos', 'parallel', '--', `${waits}; echo never`],
    (out, { child }) => {
      if (!sent && out.includes('it waits')) sent = child.kill('SIGINT');
    },
  );
  assert.is(code, 130);
  assert.match(out, '[1] it is ended\n');
  assert.not.match(out, 'never');
});

test.run();
