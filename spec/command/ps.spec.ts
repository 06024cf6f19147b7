// `treadle ps PID`, on processes that were not prepared for it.
import { spawn } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort, isOpen, ready, treadle } from '../support/command.ts';
import { eventually } from '../support/host.ts';
import { execute, start, withSources } from '../support/programs.ts';

const test = suite('treadle ps');

const TREE = `These tasks wait for each other: #2 save -> #3 spend -> #2 save

loop 1: 4 tasks, T old
#1 main waiting on sleep(600000), for T
    at bank (spec/command/programs/bank.ts:34:5)
  #2 save waiting on checking.acquire(), held by #3 spend, in a circle
      at spec/command/programs/bank.ts:7:3
  #3 spend waiting on savings.acquire(), held by #2 save, in a circle
      at spec/command/programs/bank.ts:7:3
  #4 clerk waiting on SIGUSR2.receive()
      at spec/command/programs/bank.ts:19:5
`;
const withoutTimes = (text: string) => text.replace(/\d+(\.\d+)? (ms|s|min)\b/g, 'T');

test('prints what is wrong, and the tree with lines of TypeScript, and leaves the process as it was', async () => {
  const { child, port, ended, seen } = await ready('bank');
  const { code, out, err } = await treadle('ps', String(child.pid));
  assert.is(err, '');
  assert.is(withoutTimes(out), TREE);
  assert.is(code, 0);
  for (let tries = 0; await isOpen(port); tries++) assert.ok(tries < 1_000, 'its inspector is closed again');
  child.kill('SIGUSR2');
  await seen(/computed 0/);
  // And once more.
  assert.is((await treadle('ps', String(child.pid))).code, 0);
  child.kill('SIGKILL');
  await ended;
});

test('says in which line a process is blocked, and lets it go on', async () => {
  const { child, port, ended, seen } = await ready('bank', '4000');
  child.kill('SIGUSR2');
  await seen(/computes 0/);
  const { code, out, err } = await treadle('ps', String(child.pid));
  assert.is(err, '');
  const [first, who, inner, outer, empty, ...tree] = withoutTimes(out).split('\n');
  assert.equal([first, who], ['The process is blocked: for T nothing else could run.', '#4 clerk runs:']);
  assert.match(inner!, /^ {4}at compute \(spec\/command\/programs\/bank\.ts:13:\d+\)$/);
  assert.match(outer!, /^ {4}at spec\/command\/programs\/bank\.ts:21:\d+$/);
  assert.is(empty, '');
  assert.match(tree.join('\n'), '\n  #4 clerk running\n');
  assert.is(code, 0);
  await seen(/computed 0/);
  for (let tries = 0; await isOpen(port); tries++) assert.ok(tries < 1_000, 'its inspector is closed again');
  child.kill('SIGKILL');
  await ended;
});

test('looks into a process whose inspector is open, and leaves it open', async () => {
  const port = await freePort();
  const { child, ended, seen } = start(
    process.execPath,
    [
      `--inspect=127.0.0.1:${port}`,
      '--input-type=module',
      '--eval',
      withSources(
        "import { run, sleep } from 'treadle'; run(sleep(600_000)); setTimeout(() => console.log('ready'), 20);",
      ),
    ],
    { env: { NODE_V8_COVERAGE: undefined } },
  );
  await seen(/ready/);
  const { code, out } = await treadle('ps', String(child.pid));
  assert.match(out, /^loop 1: 1 task, .* old\n#1 main waiting on sleep\(600000\)/);
  assert.is(code, 0);
  assert.ok(await isOpen(port));
  child.kill('SIGKILL');
  await ended;
});

test('tells of each copy of the engine, and of a process in which none runs', async () => {
  const port = await freePort();
  const { child, seen, ended } = start(
    process.execPath,
    [
      `--inspect-port=${port}`,
      '--input-type=module',
      '--eval',
      withSources(`import { run, sleep } from 'treadle';
import * as copy from './dist/node/index.js';
globalThis.mine = [new Set([1]), new Set([{}]), new Set([new Proxy({}, { has() { throw new Error('no') } })])];
const tasks = [run(sleep(600_000), { name: 'one' }), copy.run(copy.sleep(600_000), { name: 'two' })];
process.on('SIGUSR2', () => { for (const task of tasks) task.then(null, () => {}), task.cancel(); console.log('cancelled'); });
setTimeout(() => {}, 600_000);
setTimeout(() => console.log('ready'), 20);`),
    ],
    { env: { NODE_V8_COVERAGE: undefined } },
  );
  await seen(/ready/);
  const both = await treadle('ps', String(child.pid));
  assert.match(both.out, /^loop 1: 1 task, .*\n#1 one waiting[^]*^loop 2: 1 task, .*\n#1 two waiting/m);
  child.kill('SIGUSR2');
  await seen(/cancelled/);
  const none = await treadle('ps', String(child.pid));
  assert.is(none.out, 'No loop runs.\n');
  child.kill('SIGKILL');
  await ended;
});

test('of a process that is gone, is not Node, or is this command, says so in a line, with exit code 2', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  const over = await execute(process.execPath, ['-p', 'process.pid']);
  for (const [pid, line] of [
    [over.out.trim(), `treadle: there is no process ${over.out.trim()}\n`],
    [String(other.pid), `treadle: process ${other.pid} is not Node: it runs sleep\n`],
  ] as const) {
    const { code, out, err } = await treadle('ps', pid);
    assert.equal([code, out, err], [2, '', line]);
  }
  assert.is(other.exitCode, null, 'it still runs');
  other.kill('SIGKILL');
});

test('says that the port is taken by another process', async () => {
  const port = await freePort();
  const args = ['--input-type=module', '--eval', "setTimeout(() => {}, 60_000); console.log('ready')"];
  const env = { NODE_V8_COVERAGE: undefined };
  const taken = start(process.execPath, [`--inspect=127.0.0.1:${port}`, ...args], { env });
  const plain = start(process.execPath, [`--inspect-port=${port}`, ...args], { env });
  await Promise.all([taken.seen(/ready/), plain.seen(/ready/)]);
  const { code, err } = await treadle('ps', String(plain.child.pid));
  assert.equal(
    [code, err],
    [2, `treadle: port ${port} is taken by the inspector of another process: end that, or give --port\n`],
  );
  taken.child.kill('SIGKILL');
  plain.child.kill('SIGKILL');
  await Promise.all([taken.ended, plain.ended]);
});

/** What `ps` says of a process that runs this once it was started with this option. */
async function toldOf(option: (port: number) => string, code: string) {
  const { child, ended } = start(
    process.execPath,
    [option(await freePort()), '--eval', `require('node:fs').writeSync(1, 'ready\\n'); ${code}`],
    { env: { NODE_V8_COVERAGE: undefined } },
  );
  let out = '';
  child.stdout!.on('data', (text: string) => (out += text));
  await eventually(() => out.includes('ready'));
  const told = await treadle('ps', String(child.pid));
  child.kill('SIGKILL');
  await ended;
  return told;
}

// These take the longest, and do nothing but wait.
const call = "require('node:child_process').spawnSync('sleep', ['15'])";
const inCall = Promise.all([
  toldOf((port) => `--inspect-port=${port}`, call),
  toldOf((port) => `--inspect=127.0.0.1:${port}`, call),
]);

test('of a process that ends when it is looked into, says so in a line, with exit code 2, and ends as well', async () => {
  const { code, err } = await toldOf(
    (port) => `--inspect-port=${port}`,
    "setInterval(() => { if (require('node:inspector').url()) process.exit(); }, 1)",
  );
  assert.match(
    err,
    /^treadle: (the process (is just ending|has ended, or has closed its inspector)|process \d+ (has just ended|is not ready to be looked into: .*)|there is no process \d+)\n$/,
  );
  assert.is(code, 2);
});

test('gives up on a process that does not answer, because it is in a call of the system', async () => {
  for (const { code, err } of await inCall) {
    assert.match(
      err,
      /^treadle: process \d+ does not open its inspector on port \d+, or does not answer there\. It is in /,
    );
    assert.is(code, 2);
  }
});

test.run();
