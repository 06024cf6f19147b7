// The small demos as a person runs them: processes, what they print, their exit codes. Delays are
// scaled down by option. Waits are never early, so the lower bounds of times are sharp; the upper ones
// are as wide as a busy machine needs.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = [
  'hello',
  'by-hand',
  'chain',
  'tasks',
  'blocking',
  'event-loop',
  'callbacks',
  'gather',
  'wait',
  'slow-server',
  'cancel',
  'events',
  'producer-consumer',
  'event-driven',
  'deadlock',
  'mini',
  'files',
  'background',
  'database',
  'compare',
];
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

type Watch = (child: ChildProcess, out: string) => void;

/** Runs `node demos ...`; `watch` is called with the process and what it has printed so far, whenever that grows. */
function demo(
  args: string,
  watch?: Watch,
  stdin: 'ignore' | 'pipe' = 'ignore',
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return watched(process.execPath, ['demos', ...args.split(' ').filter(Boolean)], watch, stdin, env);
}

function watched(
  file: string,
  args: string[],
  watch?: Watch,
  stdin: 'ignore' | 'pipe' = 'ignore',
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    watch?.(child, out);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      const lines = out
        .split('\n')
        .filter(Boolean)
        .map((line): Line => {
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
  assert.equal(
    listed.map(([name]) => name),
    [...names.slice(0, -1), 'crawl', 'compare', 'bench'],
  );
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
    const [, usual = '?'] = /options\(argv, \{(.*?)\}[,)]/.exec(source) ?? [];
    const given = [...usual.matchAll(/(\w+):/g)].map((match) => match[1]);
    assert.equal(
      [...ended.out.matchAll(/^ {2}--(\w+)/gm)].map((match) => match[1]),
      given,
      name,
    );
    assert.ok(ended.lines.length >= 4, `${name} is explained`);
    assert.ok(
      ended.texts.every((line) => line.length <= 90),
      `${name}: a line is too long`,
    );
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
    ['files --files 0', /^--files takes a whole number, from 1 to 10000, and not "0"$/m],
    ['files --files 2.5', /and not "2.5"$/m],
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
    if (file !== 'options.ts' && file !== 'install.ts') assert.match(text, /from 'treadle'/, file);
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
  const order = [
    /^1\. .*Object \[Generator\] \{\}/,
    /^2\. .*sleep\(300\)/,
    /^3\. .*<Task #1 main ready>/,
    /./,
    /Hello \.\.\./,
    /\.\.\. Ada!/,
    /^4\. .* 3 .*<Task #1 main succeeded: 3>/,
  ];
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
    '.next("coffee") -> { value: \'With milk?\', done: false }',
    '| I caught "no milk", and go on',
    '.throw(new Error("no milk")) -> { value: \'Anything else?\', done: false }',
    '| return() came: I clean up in `finally`',
    '.return("closed") -> { value: \'closed\', done: true }',
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
  assert.match(
    second,
    '<Task #1 main waiting on its children> [ <Task #2 n1 waiting on sleep(50)>, <Task #3 n2 running> ]',
  );
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

small(
  'gather: completion in one order, results in the other; a failure is seen when the rest has cleaned up',
  async () => {
    const ended = await demo('gather --delay 100');
    succeeded(ended);
    const before = (...texts: string[]) => {
      const found = texts.map((text) => ended.texts.findIndex((line) => line.includes(text)));
      assert.equal(
        found,
        [...found].sort((a, b) => a - b),
        ended.out,
      );
      assert.ok(!found.includes(-1), ended.out);
    };
    before('C is done', 'B is done', 'A is done', 'results in the order of the array: [ 24, 6, 2 ]');
    before('two is done', 'three is done', 'two = 2 and three = 6');
    before('is cancelled, cleans up', '... and is through', 'nothing left running: Error: no such number');
    before('D is done', "allSettled cancels nobody: [ 'fulfilled', 'rejected' ]");
    const together = timeOf(ended, 'results in the order of the array');
    assert.ok(together >= 299 && together < 590, `${together} ms, and not 600`);
    assert.ok(timeOf(ended, '... and is through') - timeOf(ended, 'is cancelled, cleans up') >= 99);
  },
);

small('slow-server: five answers one after the other take five times as long as together', async () => {
  const ended = await demo('slow-server --delay 300');
  succeeded(ended);
  const answers = ended.texts.filter((text) => text.startsWith('the answer to'));
  const five = [1, 2, 3, 4, 5].map((n) => `the answer to /${n}`);
  assert.equal(answers.slice(0, 5), five);
  assert.equal(answers.slice(5).sort(), five);
  const [slow, quick] = [...ended.out.matchAll(/that took (\d+\.\d+) s/g)].map((match) => Number(match[1])) as [
    number,
    number,
  ];
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

const closing = ['free the buffers', 'roll it back', 'close the connection'].flatMap((what) => [
  `  ${what} ...`,
  `  ${what}: done`,
]);

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
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
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

/** Its lines of a virtual clock are certain, to the millisecond. They are given as they are printed, but for the spaces in front. */
function printed({ out }: Ended, expected: string): void {
  const tidy = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  assert.equal(tidy(out), tidy(expected));
}

small('event-loop: the list of tasks, round by round; then an EventLoop that is run, stopped and closed', async () => {
  for (const ended of await Promise.all(['event-loop --delay 60', 'event-loop --virtual'].map((args) => demo(args)))) {
    succeeded(ended);
    const [, rounds = '', until = '', forEver = ''] =
      /^1\. .*\n([^]*)^2\. .*\n([^]*)^3\. .*\n([^]*)/m.exec(ended.out) ?? [];
    printed(
      { ...ended, out: rounds },
      `
      round 1
      A 2
      B 2
      round 2
      round 3
      A 1
      round 4
      B 1
      round 5
      A is done
      round 6
      round 7
      B is done
      A real one does not go round when nobody is ready: it sleeps until somebody is.`,
    );
    printed(
      { ...ended, out: until.replace(/sleep\(\d+\)/, 'sleep(N)') },
      `
      createTask() gave <Task #1 A ready> <Task #2 B ready>
      A 2
      B 2
      A 1
      B 1
      A is done
      runUntilComplete(a) gave 'A counted'. The loop stands still, and B with it:
      <Task #1 A succeeded: 'A counted'> <Task #2 B waiting on sleep(N)>`,
    );
    printed(
      { ...ended, out: forEver.replace(/ {2,}/g, ' ') },
      `
      runForever() while it runs InvalidStateError: the event loop is already running: create a task in it, or make another loop
      close() while it runs InvalidStateError: the event loop is running: stop() it before close()
      B is done
      stop() was called, when B was done: <Task #2 B succeeded: 'B counted'>
      close() fine
      close() again fine
      createTask() when it is closed InvalidStateError: the event loop is closed: make a new one
      runForever() when it is closed InvalidStateError: the event loop is closed: make a new one`,
    );
  }
});

small('event-loop: its first loop has ten lines', () => {
  const [loop = ''] = /^function loopOver[^]*?^}$/m.exec(readFileSync(join(root, 'demos/event-loop.ts'), 'utf8')) ?? [];
  const lines = loop.split('\n').length;
  assert.ok(lines > 5 && lines <= 12, `${lines}, with the function around them`);
});

small(
  'callbacks: in order, through the loop; one that throws stops nobody; what was taken back is not called',
  async () => {
    const ended = await demo('callbacks --delay 100 --virtual');
    succeeded(ended);
    printed(
      ended,
      `
    addDoneCallback on a task:
      0 ms  taken back: 1
    100 ms  callback 1: done, and <Task #1 work succeeded: 'the result'>
    100 ms  callback 2: done, and <Task #1 work succeeded: 'the result'>
    100 ms  onError was told: Error: a callback that throws stops nobody, in the callback broken
    100 ms  callback 3: it gave the result
    addDoneCallback on a future:
    200 ms  set the result
    200 ms  it is set, and no callback was called yet
    200 ms  callback 1: done, and <Future succeeded: 'the result'>
    200 ms  callback 2: done, and <Future succeeded: 'the result'>
    callSoon, callLater, callAt:
    200 ms  9 calls were asked for, 2 of them cancelled; now the loop runs
    200 ms  callSoon, the first
    200 ms  callSoon, the second, which asks for one more
    200 ms  callSoon, the third
    200 ms  callSoon, from inside of another: a pass later
    300 ms  callLater(1 unit)
    400 ms  callLater(2 units)
    500 ms  callAt(start + 3 units)
    600 ms  callLater(4 units): stop`,
    );
  },
);

small('callbacks: the same on the system clock, and never early', async () => {
  const ended = await demo('callbacks --delay 60');
  succeeded(ended);
  assert.ok(timeOf(ended, 'callback 1') >= 59, ended.out);
  const start = timeOf(ended, '9 calls were asked for');
  assert.ok(start >= 119, ended.out);
  for (const [n, text] of [
    'callLater(1 unit)',
    'callLater(2 units)',
    'callAt(start + 3 units)',
    'callLater(4 units): stop',
  ].entries()) {
    assert.ok(timeOf(ended, text) - start >= 60 * (n + 1) - 1, ended.out);
  }
  assert.match(ended.texts.at(-1) ?? '', 'callLater(4 units): stop');
  assert.not.match(ended.out, 'NEVER');
});

small(
  'wait: done and pending after all, in time, at the first end and at the first failure; then as they come',
  async () => {
    const ended = await demo('wait --delay 100 --virtual');
    succeeded(ended);
    printed(
      ended,
      `
    wait(tasks)
     100 ms  n1 ends
     200 ms  n2 ends
     300 ms  n3 ends
     300 ms  done:    <Task #2 n1 succeeded: 'result 1'> <Task #3 n2 succeeded: 'result 2'> <Task #4 n3 succeeded: 'result 3'>
     300 ms  pending: none
    wait(tasks, { timeout })
     400 ms  n1 ends
     450 ms  done:    <Task #5 n1 succeeded: 'result 1'>
     450 ms  pending: <Task #6 n2 waiting on sleep(200)> <Task #7 n3 waiting on sleep(300)>
     450 ms  cancel:  <Task #6 n2 cancelled: 'too late'> <Task #7 n3 cancelled: 'too late'>
    wait(tasks, { returnWhen: 'first-completed' }), until none is pending
     550 ms  n1 ends
     550 ms  done:    <Task #8 n1 succeeded: 'result 1'>
     550 ms  pending: <Task #9 n2 waiting on sleep(200)> <Task #10 n3 waiting on sleep(300)>
     650 ms  n2 ends
     650 ms  done:    <Task #9 n2 succeeded: 'result 2'>
     650 ms  pending: <Task #10 n3 waiting on sleep(300)>
     750 ms  n3 ends
     750 ms  done:    <Task #10 n3 succeeded: 'result 3'>
     750 ms  pending: none
    wait(tasks, { returnWhen: 'first-failed' }), where n2 fails
     850 ms  n1 ends
     950 ms  done:    <Task #11 n1 succeeded: 'result 1'> <Task #12 n2 failed: Error: no luck>
     950 ms  pending: <Task #13 n3 waiting on sleep(300)>
     950 ms  n1 gave result 1
     950 ms  n2 threw Error: no luck
    1050 ms  n3 ends
    1050 ms  n3 gave result 3
    asCompleted([work(3), work(1), work(2)])
    1150 ms  n1 ends
    1150 ms  the next one is result 1
    1250 ms  n2 ends
    1250 ms  the next one is result 2
    1350 ms  n3 ends
    1350 ms  the next one is result 3`,
    );
  },
);

small(
  'events: a set event wakes all, a condition as many as it is told, a barrier none until all have come',
  async () => {
    const ended = await demo('events --delay 100 --virtual');
    succeeded(ended);
    printed(
      ended,
      `
    Event: one is set, all go on
      0 ms  is it set? false
      0 ms  first waits for the event
      0 ms  second waits for the event
      0 ms  third waits for the event
    100 ms  set the event
    100 ms  first runs
    100 ms  second runs
    100 ms  third runs
    100 ms  is it set? true
    100 ms  late waits for the event
    100 ms  late runs
    Condition: it wakes as many as it is told, who waits longest first
    200 ms  notify(1)
    200 ms  A is woken
    300 ms  notify(2)
    300 ms  B is woken
    300 ms  C is woken
    400 ms  notifyAll()
    400 ms  D is woken
    400 ms  E is woken
    Barrier: nobody goes on until three have come
    500 ms  friend 1 has come, 0 wait
    600 ms  friend 2 has come, 1 wait
    700 ms  friend 3 has come, 2 wait
    700 ms  friend 3 goes on
    700 ms  friend 1 goes on, and says that all are here
    700 ms  friend 2 goes on`,
    );
  },
);

small(
  'producer-consumer: the quick wait for room, each job is done once, and then the consumers are sent home',
  async () => {
    const ended = await demo('producer-consumer --delay 100 --virtual');
    succeeded(ended);
    printed(
      { ...ended, out: ended.out.replace(/ms {3,}/g, 'ms  ') },
      `
    Queue: two producers, two consumers, room for two jobs
     100 ms  x has put x1
     100 ms  y has put y1
     100 ms  Ada begins x1, 1 wait
     100 ms  Bob begins y1, 0 wait
     200 ms  x has put x2
     200 ms  y has put y2
     300 ms  x waits: the queue is full
     300 ms  y waits: the queue is full
     400 ms  Ada is done with x1
     400 ms  Ada begins x2, 1 wait
     400 ms  Bob is done with y1
     400 ms  Bob begins y2, 0 wait
     400 ms  x has put x3
     400 ms  y has put y3
     400 ms  all jobs are in the queue, or further
     700 ms  Ada is done with x2
     700 ms  Ada begins x3, 1 wait
     700 ms  Bob is done with y2
     700 ms  Bob begins y3, 0 wait
    1000 ms  Ada is done with x3
    1000 ms  Bob is done with y3
    1000 ms  all jobs are done
    1000 ms  Ada goes home
    1000 ms  Bob goes home`,
    );
  },
);

small('producer-consumer --priority: the most urgent first, and equal ones in order', async () => {
  const ended = await demo('producer-consumer --priority --delay 100 --virtual');
  succeeded(ended);
  const got = ended.lines.filter(({ text }) => text.includes('got')).map(({ time, text }) => [time, text.trim()]);
  assert.equal(got, [
    [0, "got [ 1, 'put out the fire' ]"],
    [300, "got [ 1, 'call for help' ]"],
    [600, "got [ 2, 'answer' ]"],
    [900, "got [ 3, 'sweep' ]"],
    [1200, "got [ 3, 'dust' ]"],
  ]);
  assert.is(ended.texts.at(-1), 'all jobs are done');
});

small('producer-consumer --channel: the two sides meet, and the end comes by the channel', async () => {
  const ended = await demo('producer-consumer --channel --delay 100 --virtual');
  succeeded(ended);
  const times = (what: string) => ended.lines.filter(({ text }) => text.includes(what)).map(({ time }) => time);
  assert.equal(times('send '), [100, 200, 500, 800]);
  assert.equal(times('is taken'), [100, 400, 700, 1000]); // no sender goes on before a receiver has come
  assert.equal(times('comes'), times('is taken'));
  assert.equal(times('done with'), [400, 700, 1000, 1300]);
  assert.is(ended.texts.at(-1), 'it was closed, and all is done');
});

small('wait, events and producer-consumer come to their end on the system clock, too, and never early', async () => {
  const runs: [string, string, number][] = [
    ['wait --delay 50', 'the next one is result 3', 674],
    ['events --delay 50', 'friend 2 goes on', 349],
    ['producer-consumer --delay 40', 'Bob goes home', 399],
    ['producer-consumer --delay 40 --priority', 'all jobs are done', 599],
    ['producer-consumer --delay 40 --channel', 'it was closed, and all is done', 519],
  ];
  for (const [i, ended] of (await Promise.all(runs.map(([args]) => demo(args)))).entries()) {
    const [args, last, least] = runs[i]!;
    succeeded(ended);
    const { text, time } = ended.lines.at(-1)!;
    assert.is(text.trim(), last);
    assert.ok(time >= least, `${args}: ${time} ms`);
  }
});

small('mini: the library of 60 lines and treadle print the same', async () => {
  const ended = await demo('mini');
  succeeded(ended);
  const rows = ended.texts.slice(2, -1).map((line) => line.trim().split(/ {2,}/));
  const expected = [
    'main starts them',
    'ping is ready',
    'pong is ready',
    'ping hits ball 1',
    'pong hits ball 2',
    'ping hits ball 3',
    'pong hits ball 4',
    'ping hits ball 5',
    'pong goes, it rains',
    'pong puts the racket away',
    'ping puts the racket away',
    'ping has failed: it rains',
    'pong has hit 2',
    'main ends',
  ];
  assert.equal(
    rows.map(([left]) => left),
    expected,
  );
  assert.equal(
    rows.map(([, right]) => right),
    expected,
  );
  assert.is(ended.texts.at(-1), 'The two columns are the same.');
});

small('mini: its library has 60 lines, without the explanation above it', () => {
  const [library = ''] = /^type Body[^]*?(?=^\/\/ -+$)/m.exec(readFileSync(join(root, 'demos/mini.ts'), 'utf8')) ?? [];
  assert.match(library, 'class Coroutine');
  const lines = library.trim().split('\n').length;
  assert.ok(lines <= 62, `${lines} lines`);
});

small('event-driven: without a terminal a timer types; a slow handler does not hold up the others', async () => {
  const ended = await demo('event-driven --keys hsc?q --delay 40');
  succeeded(ended);
  const slow = (text: string) => text.startsWith('slow');
  assert.equal(
    ended.texts.filter((text) => !slow(text)),
    [
      'A timer types "hsc?q".',
      'hello',
      'count: 1',
      'no handler for "?": h greets, c counts, s is slow, q quits',
      'quit',
      'no more events: you pressed q',
    ],
  );
  assert.equal(ended.texts.filter(slow), [
    'slow: begins, and meanwhile other keys are handled',
    'slow: done',
    'slow: cleans up',
  ]); // it was waited for
  assert.ok(timeOf(ended, 'count: 1') < timeOf(ended, 'slow: done'), ended.out);
  assert.ok(timeOf(ended, 'slow: done') - timeOf(ended, 'slow: begins') >= 999, ended.out);
});

small('event-driven: when nobody quits, time does', async () => {
  const ended = await demo('event-driven --keys h --delay 20 --limit 300');
  succeeded(ended);
  assert.equal(ended.texts, ['A timer types "h".', 'hello', 'no more events: nobody pressed q for 300 ms']);
  assert.ok(timeOf(ended, 'no more events') >= 299, ended.out);
});

/** Presses each key when the text has been printed that it waits for. */
function typing(keys: readonly (readonly [after: string, key: string])[]): Watch {
  let next = 0;
  return (child, out) => {
    for (let key; (key = keys[next]) && out.includes(key[0]); next++) child.stdin!.write(key[1]);
  };
}

const CTRL_C = '\x03';

small('event-driven: keys of a terminal, which is given back as it was, also after Ctrl-C', async () => {
  // A pipe that says that it is a terminal, and tells what is done to it.
  const terminal =
    "process.stdin.isTTY = true; process.stdin.setRawMode = (on) => (console.log('raw', on), process.stdin)";
  const env = {
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,${encodeURIComponent(terminal)}`,
  };
  const type = (...keys: [string, string][]) => demo('event-driven', typing(keys), 'pipe', env);
  const start = ['raw true', 'Press keys: h greets, c counts, s is slow, q quits.'];

  const [quit, interrupted] = await Promise.all([
    type(['Press keys', 'hx'], ['no handler', 'c'], ['count: 1', 'q']),
    type(['Press keys', 's'], ['slow: begins', CTRL_C]),
  ]);
  succeeded(quit);
  assert.equal(quit.texts, [
    ...start,
    'hello',
    'no handler for "x": h greets, c counts, s is slow, q quits',
    'count: 1',
    'quit',
    'no more events: you pressed q',
    'raw false',
  ]);
  assert.is(interrupted.err, '');
  assert.is(interrupted.code, 130);
  assert.equal(interrupted.texts.slice(0, 3), [...start, 'slow: begins, and meanwhile other keys are handled']);
  assert.equal(interrupted.texts.slice(3).sort(), ['raw false', 'slow: cleans up']);
});

small('event-driven: a real terminal, where the system can make one, has its lines and echo back', async () => {
  // Without script(1) of util-linux there is no terminal to be had, and the spec above has to do.
  if (process.platform !== 'linux' || !existsSync('/usr/bin/script')) return;
  const settings = "stty -a | tr ' ;' '\\n\\n' | grep -xE -e '-?(icanon|echo|isig)' | sort | tr '\\n' ' '; echo";
  const shell = `echo before; ${settings}; "${process.execPath}" demos event-driven; echo "code $?"; ${settings}`;
  for (const [key, code] of [
    ['q', 0],
    [CTRL_C, 130],
  ] as const) {
    const run = await watched(
      '/usr/bin/script',
      ['-qec', shell, '/dev/null'],
      typing([
        ['Press keys', 'h'],
        ['hello', key],
      ]),
      'pipe',
    );
    const texts = run.out
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    assert.is(texts[1], 'echo icanon isig', run.out);
    assert.match(run.out, 'hello');
    assert.equal(texts.slice(-2), [`code ${code}`, texts[1]], run.out);
  }
});

small.after(() => {
  for (const child of children) child.kill('SIGKILL');
});

launcher.run();
source.run();
small.run();
