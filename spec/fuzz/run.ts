// The fuzzer by hand:
//
//   node --import ./.build/typescript.mjs spec/fuzz/run.ts --programs 20000 --seed 1
//   node --import ./.build/typescript.mjs spec/fuzz/run.ts --seed 4711 --programs 1 --mode sync
//
// runs any number of random programs and prints the first one that breaks a rule, cut down, with its seed. `--failures
// 5` goes on until 5 different rules were broken. `--without hostile,pair` leaves out features, kinds of steps,
// resources and modes.
// `--whole` does not cut it down.
import { parseArgs } from 'node:util';
import { Apart } from './apart.ts';
import { generate } from './generate.ts';
import { modes } from './program.ts';
import type { Mode } from './program.ts';
import { print } from './print.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string' },
    without: { type: 'string', default: '' },
    failures: { type: 'string', default: '1' },
    whole: { type: 'boolean', default: false },
    limit: { type: 'string', default: '15000' },
  },
});
const mode = values.mode as Mode | undefined;
if (mode && !modes.includes(mode)) throw new Error(`--mode is one of ${modes.join(', ')}, not ${mode}`);
const without = new Set(values.without.split(',').filter(Boolean));
const first = Number(values.seed);
const count = Number(values.programs);
const apart = new Apart(Number(values.limit));
const broken = new Map<string, number>();
const start = performance.now();

let seed = first;
for (; seed < first + count && broken.size < Number(values.failures); seed++) {
  const program = generate(seed, { mode, without });
  const [violation] = await apart.judge(program);
  if (!violation) continue;
  const { rule } = violation;
  broken.set(rule, (broken.get(rule) ?? 0) + 1);
  if (broken.get(rule)! > 1) continue;
  console.log(`\nseed ${seed}, mode ${program.mode}: ${rule}`);
  const patience = new Apart(rule === 'hang' ? 2_000 : apart.limit);
  const shrunk =
    values.whole ? { program, violation, tries: 0 } : await shrink(program, violation, (one) => patience.judge(one));
  await patience.close();
  console.log(print(shrunk.program));
  console.log(`=> ${shrunk.violation.rule}: ${shrunk.violation.text}`);
}
await apart.close();

const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(`\n${seed - first} programs from seed ${first} on, ${seconds} s`);
for (const [rule, times] of broken) console.log(`  ${rule}: ${times}`);
process.exitCode = broken.size > 0 ? 1 : 0;
