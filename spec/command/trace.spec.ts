// `treadle trace -- COMMAND`: runs it as it is, with a recorder.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { command, treadle } from '../support/command.ts';
import { temporaryFolder } from '../support/files.ts';
import { start } from '../support/programs.ts';

const test = suite('treadle trace');

/** A program that uses the built package, as a user's does. */
const program = (body: string) => [
  process.execPath,
  '--input-type=module',
  '--eval',
  `import { main, run, sleep, spawn } from 'treadle';\n${body}`,
];
const names = (folder: string) => readdirSync(folder).sort();

test('writes a trace and a timeline of what the command did, and ends as it does', async () => {
  const folder = join(temporaryFolder(), 'new');
  const { code, out, err } = await treadle(
    'trace',
    '--out',
    folder,
    '--',
    ...program("await run(sleep(5), { name: 'a task of mine' }); console.log('over'); process.exitCode = 7;"),
  );
  assert.equal([code, out], [7, 'over\n']);
  assert.is(
    err,
    `treadle: wrote ${join(folder, 'trace.json')} (open it at https://ui.perfetto.dev) and ` +
      `${join(folder, 'timeline.svg')} (in a browser)\n`,
  );
  assert.equal(names(folder), ['timeline.svg', 'trace.json']);
  const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as { traceEvents: unknown[] };
  assert.ok(traceEvents.length > 3);
  for (const name of names(folder)) assert.match(readFileSync(join(folder, name), 'utf8'), 'a task of mine');
});

test('writes one pair of files for each loop, also of processes that the command starts', async () => {
  const folder = temporaryFolder();
  const { err } = await treadle(
    'trace',
    '--out',
    folder,
    '--',
    ...program(`import { spawnSync } from 'node:child_process';
await run((function* () { for (let i = 0; i < 9; i++) yield* spawn(sleep(1), { name: 'the longest' }); })());
if (!process.env.INNER) spawnSync(process.execPath, process.execArgv, { env: { ...process.env, INNER: '1' } });`),
  );
  assert.match(err, /and 2 more files for other loops\n$/);
  assert.equal(names(folder), ['timeline-2.svg', 'timeline.svg', 'trace-2.json', 'trace.json']);
});

test('says that there is nothing to see of a command without loops', async () => {
  const folder = temporaryFolder();
  const { code, out, err } = await treadle('trace', '--out', folder, '--', process.execPath, '-p', '1 + 1');
  assert.equal([code, out], [0, '2\n']);
  assert.is(err, 'treadle: no loop of treadle ran in it, so there is nothing to see\n');
  assert.equal(names(folder), []);
});

/** Traces a program that says `ready`, and sends the command a signal then. */
async function signalled(signal: NodeJS.Signals, body: string) {
  const folder = temporaryFolder();
  const { child, ended, seen } = start(process.execPath, command('trace', '--out', folder, '--', ...program(body)), {
    limit: 200_000,
  });
  await seen(/ready/);
  child.kill(signal);
  return { ...(await ended), written: names(folder) };
}

if (process.platform !== 'win32') {
  test('passes signals on: a program that cleans up ends as it wants to, and is recorded', async () => {
    const { code, out, written } = await signalled(
      'SIGTERM',
      "main((function* () { try { console.log('ready'); yield* sleep(60_000); } finally { yield* sleep(5); console.log('clean'); } })());",
    );
    assert.equal([code, out], [143, 'ready\nclean\n']);
    assert.equal(written, ['timeline.svg', 'trace.json']);
  });

  test('a program that a signal ends is recorded, too, and the exit code is 128 and its number', async () => {
    const { code, written } = await signalled(
      'SIGINT',
      "run(sleep(60_000)); setTimeout(() => console.log('ready'), 20);",
    );
    assert.is(code, 130);
    assert.equal(written, ['timeline.svg', 'trace.json']);
  });
}

test('says in a line that a command cannot be started, or the folder cannot be made, with exit code 2', async () => {
  const nowhere = await treadle('trace', '--out', temporaryFolder(), '--', 'no-such-command-anywhere');
  assert.is(nowhere.code, 2);
  assert.match(nowhere.err, /^treadle: no-such-command-anywhere cannot be started: .*ENOENT\n$/);
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { code, err } = await treadle('trace', '--out', join(file, 'folder'), '--', process.execPath, '-p', '1');
  assert.is(code, 2);
  assert.match(err, /^treadle: the folder .* cannot be made: ENOTDIR.*\n$/);
});

test('keeps the recording and the exit code when the files cannot be written', async () => {
  const out = temporaryFolder();
  mkdirSync(join(out, 'trace.json')); // no file can get this name
  const body = 'run(sleep(1)).then(() => process.exit(7));';
  const { code, err } = await treadle('trace', '--out', out, '--', ...program(body));
  assert.is(code, 7);
  const [, kept = ''] =
    /^treadle: the recording could not be written to .*, and is kept in (.*): E\w+.*\n$/.exec(err) ?? [];
  assert.ok(
    names(kept).some((name) => name.endsWith('.json')),
    err,
  );
  rmSync(kept, { recursive: true });
});

test.run();
