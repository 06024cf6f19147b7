// main: `run` for a program, with its signals, its exit code and what it prints.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, program } from '../support/programs.ts';

const test = suite('main');
/** Runs a program of its own; sends it these signals, 150 ms apart, when it prints `ready`. */
function signalled(body: string, ...signals: NodeJS.Signals[]): Promise<Ended> {
  const text = `import { main, sleep, spawn, join } from 'treadle';
import { writeSync } from 'node:fs';
const say = (line) => writeSync(1, line + '\\n');
${body}`;
  let sent = false;
  return program(text, {
    env: { NODE_V8_COVERAGE: undefined },
    watch: (out, child) => {
      if (!out.includes('ready') || sent) return;
      sent = true;
      signals.forEach((signal, i) => setTimeout(() => child.kill(signal), i * 150));
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
    const { code, out, err } = await signalled(
      `main((function* program() {
  yield* spawn(sleep(100_000), { name: 'child', daemon: true });
  say('ready');
  yield* sleep(1_000);
  say('over');
})(), { dumpOn: 'SIGUSR2' });
setTimeout(() => say(process.listenerCount('SIGUSR2')), 1_200);`,
      'SIGUSR2',
      'SIGUSR2',
    );
    assert.equal([code, out], [0, 'ready\nover\n0\n']);
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
