// The small demos as a person runs them: processes, what they print, their exit codes. Delays are
// scaled down by option. Waits are never early, so the lower bounds of times are sharp; the upper ones
// are as wide as a busy machine needs.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = ['hello', 'by-hand', 'chain', 'tasks', 'blocking', 'gather', 'slow-server', 'cancel', 'deadlock'];
const children = new Set<ChildProcess>();

interface Line {
  /** Milliseconds, where the line begins with a time; else NaN. */
  readonly time: number;
  readonly text: string;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What was printed on stdout, line by line, empty lines left out. */
  readonly lines: Line[];
  readonly texts: string[];
}

/** Runs `node demos ...`; `watch` is called with the process and what it has printed so far, whenever that grows. */
function demo(args: string, watch?: (child: ChildProcess, out: string) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['demos', ...args.split(' ').filter(Boolean)], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    watch?.(child, out);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      const lines = out.split('\n').filter(Boolean).map((line): Line => {
        const [, time, text = line] = /^ *(\d+) ms {2}(.*)$/.exec(line) ?? [];
        return { time: time === undefined ? Number.NaN : Number(time), text };
      });
      resolve({ code, out, err, lines, texts: lines.map(({ text }) => text) });
    });
  });
}

/** The time at which the line was printed. */
function timeOf({ lines, out }: Ended, text: string): number {
  const line = lines.find((one) => one.text.includes(text));
  assert.ok(line, `"${text}" is not in\n${out}`);
  return line.time;
}

function succeeded({ code, err }: Ended): void {
  assert.is(err, '');
  assert.is(code, 0);
}

const launcher = suite('node demos');

launcher('lists the demos in teaching order, one line each', async () => {
  const ended = await demo('');
  succeeded(ended);
  const listed = ended.texts.slice(1).map((line) => line.trim().split(/\s{2,}/));
  assert.equal(listed.map(([name]) => name), [...names, 'crawl', 'bench']);
  for (const [name, summary] of listed) assert.ok(summary, `${name} says what it shows`);
});

launcher('refuses an unknown name with exit code 2, and says which there are', async () => {
  const { code, out, err } = await demo('no-such-demo');
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(err, 'There is no demo "no-such-demo"');
  for (const name of names) assert.match(err, `  ${name} `);
});

launcher('NAME --help says what the demo teaches and every option it has, and runs nothing', async () => {
  const all = await Promise.all(names.map((name) => demo(`${name} --help`)));
  for (const [i, ended] of all.entries()) {
    const name = names[i] as string;
    succeeded(ended);
    const source = readFileSync(join(root, `demos/${name}.ts`), 'utf8');
    const [, summary = '?'] = /summary = '(.*)'/.exec(source) ?? [];
    assert.is(ended.texts[0], summary);
    const [, usual = '?'] = /options\(argv, \{(.*?)\}\)/.exec(source) ?? [];
    const given = [...usual.matchAll(/(\w+):/g)].map((match) => match[1]);
    assert.equal([...ended.out.matchAll(/^ {2}--(\w+)/gm)].map((match) => match[1]), given, name);
    assert.ok(ended.lines.length >= 4, `${name} is explained`);
    assert.ok(ended.texts.every((line) => line.length <= 90), `${name}: a line is too long`);
  }
});

launcher('every small demo answers an unknown option with a clear line and exit code 2', async () => {
  for (const { code, out, err } of await Promise.all(names.map((name) => demo(`${name} --nope`)))) {
    assert.is(code, 2);
    assert.is(out, '');
    assert.is(err, "Unknown option '--nope'\n(--help tells what can be given)\n");
  }
});

launcher('bad values too', async () => {
  const bad: [string, RegExp][] = [
    ['chain --delay soon', /^--delay takes a number of milliseconds, .* and not "soon"$/m],
    ['chain --delay -5', /and not "-5"$/m],
    ['chain --delay=', /and not ""$/m],
    ['chain --delay 999999999999', /and not "999999999999"$/m],
    ['hello --name', /^Option '--name <value>' argument missing$/m],
    ['hello Ada', /^Unexpected argument 'Ada'$/m],
    ['deadlock --virtual=yes', /^Option '--virtual' does not take an argument$/m],
  ];
  const all = await Promise.all(bad.map(([args]) => demo(args)));
  for (const [i, { code, out, err }] of all.entries()) {
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, (bad[i] as [string, RegExp])[1]);
  }
});

const source = suite('the source of the small demos');

source("imports 'treadle' by its name, and uses no async and no await", () => {
  const files = readdirSync(join(root, 'demos')).filter((name) => name.endsWith('.ts'));
  for (const name of names) assert.ok(files.includes(`${name}.ts`), name);
  for (const file of files) {
    const text = readFileSync(join(root, 'demos', file), 'utf8');
    assert.not.match(text, /from '\.\.\/(?:lib|dist)/, file);
    if (file !== 'options.ts') assert.match(text, /from 'treadle'/, file);
    // Without the comments, which may well speak of them.
    const { code } = transformSync(text, { loader: 'ts', minifyWhitespace: true });
    assert.not.match(code, /\b(?:async|await)\b/, file);
  }
});

const small = suite('demo');

small('hello: calling prints nothing; run prints nothing yet; then the coroutine runs and waits', async () => {
  const start = performance.now();
  const ended = await demo('hello --name Ada --delay 300');
  succeeded(ended);
  assert.ok(performance.now() - start >= 300);
  const order = [/^1\. .*Object \[Generator\] \{\}/, /^2\. .*sleep\(300\)/, /^3\. .*<Task #1 main ready>/, /./, /Hello \.\.\./, /\.\.\. Ada!/, /^4\. .* 3 .*<Task #1 main succeeded: 3>/];
  assert.is(ended.texts.length, order.length);
  for (const [i, pattern] of order.entries()) assert.match(ended.texts[i] as string, pattern);
});

small('by-hand: next, throw and return, with both sides of the conversation', async () => {
  const start = performance.now();
  const ended = await demo('by-hand');
  succeeded(ended);
  assert.ok(performance.now() - start < 30_000, 'nobody sleeps');
  const expected = [
    'breakfast() -> Object [Generator] {}',
    '| I begin, but only at the first next()',
    ".next() -> { value: 'Tea or coffee?', done: false }",
    '| I was sent "coffee"',
    ".next(\"coffee\") -> { value: 'With milk?', done: false }",
    '| I caught "no milk", and go on',
    ".throw(new Error(\"no milk\")) -> { value: 'Anything else?', done: false }",
    '| return() came: I clean up in `finally`',
    ".return(\"closed\") -> { value: 'closed', done: true }",
    '.next() -> { value: undefined, done: true }',
  ];
  const texts = ended.texts.map((text) => text.trim().replace(/ +/g, ' '));
  assert.equal(texts.slice(0, expected.length), expected);
  assert.equal(texts.slice(-4), [
    'nap() -> Object [Generator] {}',
    '.next().value -> sleep(60000)',
    'does it equal sleep(60_000)? -> true',
    ".next() -> { value: 'rested', done: true }",
  ]);
  assert.not.match(ended.out, 'never reached');
});

small('chain: in order within a chain, and three chains overlap', async () => {
  const ended = await demo('chain --delay 100');
  succeeded(ended);
  for (const n of [1, 2, 3]) {
    const own = ended.lines.filter(({ text }) => text.startsWith(`report ${n}:`));
    assert.is(own.length, 3);
    const [asked, known, done] = own.map(({ time }) => time) as [number, number, number];
    assert.ok(known - asked >= n * 100 - 1 && done - known >= n * 100 - 1, ended.out);
  }
  const total = timeOf(ended, 'three reports');
  assert.ok(total >= 600 && total < 1150, `${total} ms, and not 1200`);
  assert.match(ended.out, '5 + 6 + 3 orders; one after the other they would take 1200 ms');
  assert.is(ended.texts.at(-1), '5000050000');
});

small('tasks: main starts, main ends, 1 1 2 2; with a wait 1 2 1 2; names and states', async () => {
  const ended = await demo('tasks --delay 50');
  succeeded(ended);
  const [, first = '', second = ''] = /1 1 2 2\n([^]*)1 2 1 2\n([^]*)/.exec(ended.out) ?? [];
  const bare = (text: string) => text.split('\n').filter((line) => /^(\d|main \w+)$/.test(line));
  assert.equal(bare(first), ['main starts', 'main ends', '1', '1', '2', '2']);
  assert.equal(bare(second), ['main starts', 'main ends', '1', '2', '1', '2']);
  for (const text of [first, second]) {
    assert.match(text, '<Task #1 main ready>\nmain starts');
    assert.match(text, '<Task #2 n1 ready> <Task #3 n2 ready>\nmain ends');
    assert.match(text, "<Task #2 n1 succeeded: 'counted 1'> <Task #3 n2 succeeded: 'counted 2'>\n");
    assert.match(text, 'main is succeeded');
  }
  assert.match(second, '<Task #1 main waiting on its children> [ <Task #2 n1 waiting on sleep(50)>, <Task #3 n2 running> ]');
});

small('blocking: a sleep that blocks holds everybody up, one that waits nobody', async () => {
  const ended = await demo('blocking --delay 400');
  succeeded(ended);
  const cut = ended.texts.findIndex((text) => text.startsWith('yield* sleep(400)'));
  const [rude, polite] = [ended.lines.slice(1, cut), ended.lines.slice(cut + 1)] as [Line[], Line[]];
  const workers = (lines: Line[]) => lines.map(({ text }) => text).filter((text) => /^[AB] /.test(text));
  assert.equal(workers(rude), ['A begins', 'A ends', 'B begins', 'B ends']);
  assert.equal(workers(polite), ['A begins', 'B begins', 'A ends', 'B ends']);
  const ticks = (lines: Line[]) => lines.filter(({ text }) => text.trim() === 'tick').length;
  // The ticker gets no turn while the thread is held.
  assert.ok(ticks(rude) <= 1, ended.out);
  assert.ok(ticks(polite) >= 2, ended.out);
  const end = (lines: Line[]) => (lines.at(-1) as Line).time;
  assert.ok(end(rude) >= 799, ended.out);
  assert.ok(end(polite) >= 399 && end(polite) < 790, ended.out);
});

small('gather: completion in one order, results in the other; a failure is seen when the rest has cleaned up', async () => {
  const ended = await demo('gather --delay 100');
  succeeded(ended);
  const before = (...texts: string[]) => {
    const found = texts.map((text) => ended.texts.findIndex((line) => line.includes(text)));
    assert.equal(found, [...found].sort((a, b) => a - b), ended.out);
    assert.ok(!found.includes(-1), ended.out);
  };
  before('C is done', 'B is done', 'A is done', 'results in the order of the array: [ 24, 6, 2 ]');
  before('two is done', 'three is done', 'two = 2 and three = 6');
  before('is cancelled, cleans up', '... and is through', 'nothing left running: Error: no such number');
  before('D is done', "allSettled cancels nobody: [ 'fulfilled', 'rejected' ]");
  const together = timeOf(ended, 'results in the order of the array');
  assert.ok(together >= 299 && together < 590, `${together} ms, and not 600`);
  assert.ok(timeOf(ended, '... and is through') - timeOf(ended, 'is cancelled, cleans up') >= 99);
});

small('slow-server: five answers one after the other take five times as long as together', async () => {
  const ended = await demo('slow-server --delay 300');
  succeeded(ended);
  const answers = ended.texts.filter((text) => text.startsWith('the answer to'));
  const five = [1, 2, 3, 4, 5].map((n) => `the answer to /${n}`);
  assert.equal(answers.slice(0, 5), five);
  assert.equal(answers.slice(5).sort(), five);
  const [slow, quick] = [...ended.out.matchAll(/that took (\d+\.\d+) s/g)].map((match) => Number(match[1])) as [number, number];
  assert.ok(slow >= 1.49 && slow < 4, `${slow} s`);
  assert.ok(quick >= 0.29 && quick < 0.9, `${quick} s`);
  const [, times] = /(\d+\.\d) times as fast/.exec(ended.out) ?? [];
  assert.ok(Number(times) > 2.5 && Number(times) < 8, `${times} times`);
});

small('slow-server: Ctrl-C gives up the requests and closes the server', async () => {
  const start = performance.now();
  const { code, out, err } = await demo('slow-server --delay 20000', (child, soFar) => {
    if (soFar.includes('one after the other')) setTimeout(() => child.kill('SIGINT'), 100);
  });
  assert.is(code, 130);
  assert.is(err, '');
  assert.not.match(out, 'the answer');
  assert.ok(performance.now() - start < 15_000);
});

const closing = ['free the buffers', 'roll it back', 'close the connection'].flatMap((what) => [`  ${what} ...`, `  ${what}: done`]);

small('cancel: every clean-up whole, from the inside out, no catch and no code after it', async () => {
  const ended = await demo('cancel --delay 600 --pause 100');
  succeeded(ended);
  assert.equal(ended.texts.slice(1, 4), ['connect', 'begin the transaction', 'insert row 1']);
  const asked = ended.texts.findIndex((text) => text.startsWith('cancel <Task #2 import waiting on sleep(400)'));
  assert.equal(ended.texts.slice(asked + 1), [
    ...closing,
    "it is <Task #2 import cancelled: 'time is up'>",
    "who joins it sees CancelledError: <Task #2 import cancelled: 'time is up'>",
  ]);
  assert.not.match(ended.out, 'NEVER');
  assert.ok(timeOf(ended, 'cancel <Task') >= 599);
  for (let i = asked + 1; i <= asked + closing.length; i += 2) {
    const [begun, done] = ended.lines.slice(i, i + 2) as [Line, Line];
    assert.ok(done.time - begun.time >= 99, ended.out);
  }
});

small('cancel: Ctrl-C and SIGTERM run the same clean-ups; exit codes 130 and 143', async () => {
  for (const [signal, expected] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    let sent = false;
    const ended = await demo('cancel --delay 20000 --pause 50', (child, out) => {
      if (!sent && out.includes('insert row 1')) sent = child.kill(signal);
    });
    assert.is(ended.code, expected);
    assert.is(ended.err, '');
    assert.equal(ended.texts.slice(-closing.length), closing);
    assert.not.match(ended.out, 'NEVER');
  }
});

small('cancel: a second Ctrl-C does not wait for the clean-ups', async () => {
  let sent = 0;
  const ended = await demo('cancel --delay 20000 --pause 20000', (child, out) => {
    for (const [i, text] of ['insert row 1', 'free the buffers ...'].entries()) {
      if (sent === i && out.includes(text)) sent += Number(child.kill('SIGINT'));
    }
  });
  assert.is(ended.code, 130);
  assert.not.match(ended.out, 'free the buffers: done');
});

for (const clock of ['', ' --virtual']) {
  small(`deadlock${clock}: one report names the three, after the clean-ups; exit code 1`, async () => {
    const ended = await demo(`deadlock --delay 100${clock}`);
    assert.is(ended.code, 1);
    for (const text of ['save cleans up: it releases giro', 'spend cleans up: it releases savings']) {
      const time = timeOf(ended, text);
      assert.ok(clock ? time === 100 : time >= 99, ended.out);
    }
    assert.not.match(ended.out, 'has both');
    assert.match(ended.err, /^DeadlockError: /);
    assert.is(ended.err.match(/DeadlockError/g)?.length, 1);
    assert.match(ended.err, '<Task #1 main waiting on its children>');
    assert.match(ended.err, '<Task #2 consumer waiting on jobs.get()>');
    assert.match(ended.err, /<Task #3 save waiting on savings\.acquire\(\)>?, held by .*spend/);
    assert.match(ended.err, /<Task #4 spend waiting on giro\.acquire\(\)>?, held by .*save/);
  });
}

small.after(() => {
  for (const child of children) child.kill('SIGKILL');
});

launcher.run();
source.run();
small.run();
