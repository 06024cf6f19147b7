// No rule depends on who happens to go first: the fuzzer's programs under a simulation that draws each next step by
// lot. Only what the order itself promises is not asked for (execute.ts).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { execute, watchProcess } from './execute.ts';
import { generate } from './generate.ts';

const test = suite('fuzz, in any order');
watchProcess();

test('150 random programs break no rule in any of two orders', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const program = generate(seed, { mode: 'sync' });
    for (const order of [1_000 + seed, 2_000 + seed]) {
      const { violations } = await execute(program, { order });
      assert.equal(violations, [], `seed ${seed}, order ${order}`);
    }
  }
});

test('the same order twice is the same run', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const traces = [];
    for (let run = 0; run < 2; run++)
      traces.push((await execute(generate(seed, { mode: 'sync' }), { order: seed })).trace);
    assert.equal(traces[0], traces[1]);
  }
});

test.run();
