// The meta-test: whatever runs on a virtual clock does the same under the same seed, twice, step for step. It is tried
// with every demo of demos/learn that needs nothing from outside, with those that only sleep moved to a virtual clock,
// and with the random programs of spec/fuzz. If one of them differed, a schedule would be worth nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instrumentEveryLoop } from 'treadle/instruments';
import { seeded, VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runningLoops } from '../../lib/host/loops.ts';
import { byChance, Director } from '../../lib/testing/director.ts';
import { Recorder } from '../../lib/testing/interleaving.ts';
import { execute } from '../fuzz/execute.ts';
import { generate } from '../fuzz/generate.ts';
import { demos } from '../support/demo.ts';

const test = suite('the same seed');

/** What these do comes from outside: the machine's time, a server, a person; or they have no loop of this package. */
const outside: Readonly<Record<string, string>> = {
  'by-hand': 'steps a generator without a loop',
  blocking: 'blocks the thread for real time, and measures that',
  'slow-server': 'fetches pages',
  'event-driven': 'reads keys',
  mini: 'has a loop of its own',
};

/** Everything that all loops do while the work runs, one line a step. */
async function traceOf(seed: number | undefined, work: () => unknown): Promise<string[]> {
  const recorders: Recorder[] = [];
  const stop = instrumentEveryLoop((loop) => {
    // Also what was written for the system's clock: nothing has been set on it yet.
    if (!(loop._clock instanceof VirtualClock)) Object.assign(loop, { _clock: new VirtualClock() });
    // Under `run` the machine's time decides where a slice ends, and so where a step is cut in two.
    loop._sliceIsOver = () => {
      loop._budget = 1e6;
      return false;
    };
    if (seed !== undefined) Object.assign(loop, { _random: seeded(seed) });
    const director = new Director(seed === undefined ? () => 0 : byChance(seeded(seed)));
    const recorder = new Recorder(director);
    recorders.push(recorder);
    const chooseNext = director.chooseNext.bind(director);
    return Object.assign(recorder, seed === undefined ? {} : { chooseNext });
  });
  try {
    await work();
    const end = performance.now() + 5_000;
    for (let quiet = 0; quiet < 5;) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = runningLoops.size === 0 ? quiet + 1 : 0;
      if (performance.now() > end) throw new Error('it is not over after 5 s: does it need something from outside?');
    }
  } finally {
    stop();
  }
  return recorders.flatMap(({ steps }) => steps.map((step) => JSON.stringify(step)));
}

/** What the demos write goes here. */
const folder = mkdtempSync(join(tmpdir(), 'treadle-same-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it without printing, and without leaving an exit code or files behind. */
async function quietly(work: () => unknown): Promise<void> {
  const { log, error, warn } = console;
  const { exitCode } = process;
  const before = process.cwd();
  process.chdir(folder);
  console.log = console.error = console.warn = () => {};
  try {
    await work();
  } finally {
    Object.assign(console, { log, error, warn });
    process.exitCode = exitCode;
    process.chdir(before);
  }
}

/** The first step at which two traces differ. */
function sameSteps(one: readonly string[], other: readonly string[], what: string): void {
  for (let at = 0; at < Math.max(one.length, other.length); at++)
    if (one[at] !== other[at]) assert.unreachable(`${what}: step ${at + 1} was ${one[at]}, and then ${other[at]}`);
}

const learned = demos.filter(
  ({ path }) => path.startsWith('demos/learn/') && !(path.split(/-(.*)\.ts/)[1]! in outside),
);

test('there are demos to try, and those that are left out exist', () => {
  assert.ok(learned.length >= 11, `${learned.length}`);
  for (const name of Object.keys(outside))
    assert.ok(
      demos.some((demo) => demo.name === name),
      name,
    );
});

for (const { name, path, source } of learned) {
  test(`gives the same trace of the demo ${name}, twice`, async () => {
    // Specs run as plain JavaScript, made of these sources (.build/plain.mjs).
    const file = import.meta.url.endsWith('.js') ? path.replace(/\.ts$/, '.js') : path;
    const { default: run } = (await import(`../../${file}`)) as { default: (argv: string[]) => unknown };
    const argv = source.includes('  --virtual ') ? ['--virtual'] : [];
    for (const seed of [undefined, 1]) {
      const traces: string[][] = [];
      await quietly(async () => {
        for (let times = 0; times < 2; times++) traces.push(await traceOf(seed, () => run(argv)));
      });
      assert.ok(traces[0]!.length > 0, 'it has steps');
      sameSteps(traces[0]!, traces[1]!, `seed ${seed}`);
    }
  });
}

test('gives the same trace of 60 random programs, in an order that is drawn, twice', async () => {
  let steps = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const program = generate(seed, { mode: 'sync', without: new Set(['promise', 'iterate', 'feed']) });
    const traces: string[][] = [];
    await quietly(async () => {
      for (let times = 0; times < 2; times++) traces.push(await traceOf(seed, () => execute(program)));
    });
    sameSteps(traces[0]!, traces[1]!, `program ${seed}`);
    steps += traces[0]!.length;
  }
  assert.ok(steps > 1_000, `only ${steps} steps`);
});

test('another seed gives another trace', async () => {
  const program = generate(3, { mode: 'sync' });
  const traces = new Set<string>();
  await quietly(async () => {
    for (let seed = 1; seed <= 5; seed++) traces.add((await traceOf(seed, () => execute(program))).join('\n'));
  });
  assert.ok(traces.size > 1);
});

test.run();
