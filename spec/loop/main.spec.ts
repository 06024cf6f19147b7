// main: `run` for a program, with its signals, its exit code and what it prints.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program, start, withSources } from '../support/programs.ts';
import type { Ended } from '../support/programs.ts';

const test = suite('main');
/**
 * Runs a program of its own; sends it these signals, 150 ms apart, when it prints `ready`. The last of several is sent
 * again and again: one that comes before the first was heard is none.
 */
function signalled(body: string, ...signals: NodeJS.Signals[]): Promise<Ended> {
  const text = `import { main, sleep, spawn, join } from 'treadle';
import { writeSync } from 'node:fs';
const say = (line) => writeSync(1, line + '\\n');
${body}`;
  let sent = false;
  return program(text, {
    watch: (out, child) => {
      if (!out.includes('ready') || sent) return;
      sent = true;
      child.kill(signals[0]);
      const rest = signals.slice(1);
      const next = setInterval(() => {
        if (rest.length > 0) child.kill(rest.length > 1 ? rest.shift() : rest[0]);
      }, 150);
      child.on('exit', () => clearInterval(next));
    },
  });
}

const patient = (ms: number) => `main((function* () {
  try {
    say('ready');
    yield* sleep(10_000);
    say('goes on');
  } catch {
    say('caught');
  } finally {
    yield* sleep(${ms});
    say('clean');
  }
})());`;

test('a program that succeeds ends with 0 and prints nothing of its own', async () => {
  const { code, out, err } = await signalled("main((function* () { yield* sleep(5); say('done'); })());");
  assert.equal([code, out], [0, 'done\n']);
  assert.not.match(err, /Error/);
});

test('an error is printed once, with the path of tasks it crossed, and the exit code is 1', async () => {
  const { code, err } = await signalled(
    "main((function* () { yield* join(yield* spawn((function* () { throw new Error('broken'); })(), { name: 'page' })); })());",
  );
  assert.is(code, 1);
  assert.match(err, /Error: broken[^]*page, spawned by main/);
  assert.is(err.match(/Error: broken/g)?.length, 1);
});

for (const [signal, wanted] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`the first ${signal} cancels it: it cleans up, and the exit code is ${wanted}`, async () => {
    const { code, out, err } = await signalled(patient(50), signal);
    assert.equal([code, out], [wanted, 'ready\nclean\n']);
    assert.not.match(err, /Error/);
  });
  test(`the second ${signal} ends it at once`, async () => {
    const { code, out } = await signalled(patient(600_000), signal, signal);
    assert.equal([code, out], [wanted, 'ready\n']);
  });
}

test('an error of the clean-up is printed, and the exit code is 1', async () => {
  const { code, err } = await signalled(
    "main((function* () { try { say('ready'); yield* sleep(10_000); } finally { throw new Error('clean-up'); } })());",
    'SIGINT',
  );
  assert.is(code, 1);
  assert.match(err, /Error: clean-up/);
});

test('when it is over it listens to no signal any more', async () => {
  const { out } = await signalled(
    "main((function* () { yield* sleep(1); })()); setTimeout(() => say(process.listenerCount('SIGINT') + ' ' + process.listenerCount('SIGTERM')), 50);",
  );
  assert.is(out, '0 0\n');
});

test('main that is cancelled without a signal is an error: it did not do its work', async () => {
  const { code, err } = await signalled(
    "const task = main((function* () { yield* sleep(10_000); })()); setTimeout(() => task.cancel('because'), 20);",
  );
  assert.is(code, 1);
  assert.match(err, /CancelledError/);
});

test('a deadlock is reported, and the exit code is 1', async () => {
  const { code, err } = await signalled(
    "import { Queue } from 'treadle'; main((function* () { yield* new Queue(1, { name: 'jobs' }).get(); })());",
  );
  assert.is(code, 1);
  assert.match(err, /DeadlockError[^]*main[^]*jobs\.get\(\)/);
});

if (process.platform !== 'win32')
  test('dumpOn prints the tree of tasks whenever the signal comes, and goes on', async () => {
    const text = `import { main, sleep, spawn } from 'treadle';
let heard = 0;
process.on('SIGUSR2', () => heard++);
const task = main((function* program() {
  yield* spawn(sleep(100_000), { name: 'child', daemon: true });
  console.log('ready');
  while (heard < 2) yield* sleep(1_000);
})(), { dumpOn: 'SIGUSR2' });
task.then(() => setTimeout(() => console.log(process.listenerCount('SIGUSR2')), 50));`;
    const running = start(
      process.execPath,
      ['--enable-source-maps', '--input-type=module', '--eval', withSources(text)],
      { env: { NODE_V8_COVERAGE: undefined } },
    );
    await running.seen(/ready/);
    for (const dumps of [1, 2]) {
      running.child.kill('SIGUSR2');
      await running.seen(new RegExp(`(child waiting[^]*){${dumps}}`));
    }
    const { code, out, err } = await running.ended;
    assert.equal([code, out], [0, 'ready\n1\n'], 'its own listener is gone');
    assert.is(err.match(/^SIGUSR2:\nloop 1: 2 tasks, .* old\n#1 main waiting on sleep\(1000\), for/gm)?.length, 2, err);
    assert.match(err, /^ {4}at program \(.*:\d+\)\n {2}#2 child waiting/m);
  });

test('dumpOn refuses every signal that means something else, or does not exist, before anything runs', async () => {
  for (const signal of ['quit', 'SIGQUTI', 'SIGKILL', 'SIGINT', 5]) {
    const { code, out, err } = await signalled(
      `main((function* () { say('ready'); yield* sleep(1); })(), { dumpOn: ${JSON.stringify(signal)} });`,
    );
    assert.is(out, '');
    assert.match(err, /TypeError: the option dumpOn takes one of the signals SIGQUIT, SIGUSR2, .*, not /);
    assert.is(code, 1);
  }
});

test.run();
