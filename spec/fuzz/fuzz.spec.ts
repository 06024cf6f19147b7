// A thousand random programs over the whole public surface, and what must be true of each of them whatever it does
// (spec/fuzz/README.md). More of them: `node --import ./.build/typescript.mjs spec/fuzz/run.ts --programs 20000 --seed
// 1`.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Apart } from './apart.ts';
import { generate } from './generate.ts';
import { allBodies } from './program.ts';
import type { Mode, Program } from './program.ts';
import { print } from './print.ts';
import { shrink } from './shrink.ts';

const test = suite('fuzz');
const apart = new Apart();

/** Runs the programs of these seeds; of the first one that breaks a rule it shows what is left when it is cut down. */
async function hold(mode: Mode, first: number, count: number): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const program = generate(seed, { mode });
    const [violation] = await apart.judge(program);
    if (!violation) continue;
    const cut = await shrink(program, violation, (one) => apart.judge(one), 500);
    assert.unreachable(
      `seed ${seed}, mode ${mode}: ${violation.rule}\n${print(cut.program)}\n=> ${cut.violation.text}\n` +
        `again: node --import ./.build/typescript.mjs spec/fuzz/run.ts --seed ${seed} --programs 1 --mode ${mode}`,
    );
  }
}

test('650 random programs under runSync break no rule', () => hold('sync', 1, 650));

test('160 random programs on a virtual clock under run break no rule', () => hold('virtual', 1_001, 160));

test('110 random programs on an EventLoop break no rule', () => hold('loop', 2_001, 110));

test('70 random programs on two loops that share their primitives break no rule', () => hold('pair', 3_001, 70));

test('10 random programs on the clock of the system break no rule', () => hold('system', 4_001, 10));

test('the same seed gives the same program', () => {
  for (let seed = 1; seed <= 20; seed++) assert.equal(generate(seed), generate(seed));
  assert.not.equal(JSON.stringify(generate(1).main), JSON.stringify(generate(2).main));
});

test('a program that is written as JSON and read again is the same program', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const program = generate(seed);
    assert.equal(JSON.parse(JSON.stringify(program)), program);
    assert.ok(print(program).length > 0);
  }
});

test('a program that breaks a rule is cut down to what breaks it', async () => {
  // As if it were a rule that nobody sleeps for 3 ms.
  const breaks = ({ main }: Program) => /"do":"sleep","ms":3\b/.test(JSON.stringify(main));
  const judge = (program: Program) => Promise.resolve(breaks(program) ? [{ rule: 'no sleep', text: '' }] : []);
  let seed = 1;
  while (!breaks(generate(seed)) || allBodies(generate(seed)).length < 5) seed++;
  const { program } = await shrink(generate(seed), { rule: 'no sleep', text: '' }, judge);
  assert.ok(print(program).split('\n').length <= 12, print(program));
  assert.ok(breaks(program));
});

// uvu has no hook that ends the thread when a spec has failed.
test.after(() => apart.close());

test.run();
