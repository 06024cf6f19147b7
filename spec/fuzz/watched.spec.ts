// The fuzzer's programs do the same whether somebody looks on or not: the same trace to the letter, and no rule is
// broken. Instruments that come and go in the middle, and such as throw, change nothing either.
import 'treadle/debug';
import type { EventLoop } from 'treadle';
import { attach } from 'treadle/instruments';
import type { Instrument } from 'treadle/instruments';
import { FlightRecorder, Recorder } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENTS } from '../../lib/instruments/watch.ts';
import { execute, watchProcess } from './execute.ts';
import type { Circumstances, Report } from './execute.ts';
import { generate } from './generate.ts';
import type { Mode, Program } from './program.ts';

const test = suite('fuzz, watched');
watchProcess();

/** An instrument with all methods. `act` is told how often one of them was called before. */
function wholeInstrument(act: (calls: number, method: string) => void = () => {}): Instrument {
  let calls = 0;
  const looksOn = EVENTS.map((event) => [event, () => act(calls++, event)]);
  return {
    name: 'whole',
    ...(Object.fromEntries(looksOn) as Instrument),
    chooseNext() {
      act(calls++, 'chooseNext');
      return 0;
    },
    performEffect: (_task, yielded, next) => next(yielded), // what it throws is thrown into the coroutine
  };
}

/** Programs in which the host decides nothing. */
function* programs(mode: Mode, first: number, count: number): Generator<Program> {
  for (let seed = first; seed < first + count; seed++) {
    const program = generate(seed, { mode });
    if (!/"do":"(promise|iterate|feed)"/.test(JSON.stringify(program.main))) yield program;
  }
}

function same(report: Report, plain: Report, how: string, { seed, mode }: Program): void {
  const where = `${how}, seed ${seed}, mode ${mode}`;
  assert.equal(report.violations, [], where);
  const at = report.trace.findIndex((line, index) => line !== plain.trace[index]);
  assert.is(report.trace[at], plain.trace[at], `${where}, line ${at}`);
  assert.is(report.trace.length, plain.trace.length, where);
}

const modes: readonly Mode[] = ['sync', 'virtual', 'loop'];

/** What is warned of meanwhile. */
async function warnings(work: () => Promise<void>): Promise<readonly string[]> {
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  try {
    await work();
  } finally {
    console.warn = warn;
  }
  return told;
}

test('under instruments with all methods, under recorders and debug mode, random programs do what they do without', async () => {
  let compared = 0;
  const told = await warnings(async () => {
    for (const mode of modes)
      for (const program of programs(mode, 1, 15)) {
        const plain = await execute(program);
        const ways: Record<string, Circumstances> = {
          'all methods': { instruments: [wholeInstrument(), wholeInstrument()] },
          recorders: { instruments: [new Recorder(), new FlightRecorder({ onTrouble() {} })] },
          'debug mode': { debug: () => {} },
        };
        for (const [how, circumstances] of Object.entries(ways)) {
          same(await execute(program, circumstances), plain, how, program);
          compared++;
        }
      }
  });
  assert.equal(told, [], 'no instrument was detached');
  assert.ok(compared > 70, `${compared}`);
});

test('an instrument that throws at its nth call changes nothing, whichever call it is', async () => {
  let thrown = 0;
  const told = await warnings(async () => {
    for (const mode of modes)
      for (const program of programs(mode, 101, 4)) {
        const plain = await execute(program);
        let calls = 0;
        await execute(program, { instruments: [wholeInstrument(() => void calls++)] });
        for (let nth = 0; nth < calls; nth += Math.ceil(calls / 25)) {
          const broken = wholeInstrument((call) => {
            if (call !== nth) return;
            thrown++;
            throw new Error('broken');
          });
          same(await execute(program, { instruments: [broken] }), plain, `throws at call ${nth}`, program);
        }
      }
  });
  assert.ok(thrown > 100, `${thrown}`);
  assert.is(told.length, thrown, 'each was reported once');
});

test('instruments may come and go at any call of another one', async () => {
  for (const mode of modes)
    for (const program of programs(mode, 201, 4)) {
      const plain = await execute(program);
      let calls = 0;
      await execute(program, { instruments: [wholeInstrument(() => void calls++)] });
      for (let nth = 1; nth < calls; nth += Math.ceil(calls / 12)) {
        let loop: EventLoop | undefined;
        const detach: (() => void)[] = [];
        const first = {
          ...wholeInstrument((call) => {
            if (call === nth) detach.push(attach(loop!, wholeInstrument()), attach(loop!, new Recorder()));
            if (call === nth + 20) for (const leave of detach) leave();
          }),
          attached: (given: unknown) => void (loop = given as EventLoop),
        };
        same(await execute(program, { instruments: [first] }), plain, `attached at call ${nth}`, program);
      }
    }
});

test.run();
