// Runs spec files in processes (spec.mjs), and decides which files share one. A process that loads treadle costs a
// tenth of a second of the processor, several times what the specs of most files cost. So the small files of a folder
// run in one process, one after the other, and what each of them printed and how it ended is told apart.
import { dirname, join } from 'node:path';
import { node, root } from './tools.mjs';

/** What takes longest, the longest first. These start first, each in a process of its own. */
const long = [
  'spec/playground/page.',
  'spec/demos/programs/crawl/crawl.',
  'spec/demos/programs/compare.',
  'spec/demos/programs/machines/machines.',
  'spec/demos/programs/database/postgres.',
  'spec/demos/copy.',
  'spec/house/release.',
  'spec/house/docs.',
  'spec/house/api.',
  'spec/house/package.',
  'spec/demos/bench/index.',
  'spec/demos/index.',
  'spec/demos/museum.',
  'spec/book/',
  'spec/demos/book.',
  'spec/kernel/depth.',
  'spec/eslint/',
  'spec/distributed/',
  'spec/workers/',
  'spec/host/deadlock.',
  'spec/command/ps.',
  'spec/demos/programs/',
  'spec/house/leaks.',
  'spec/house/environments.',
  'spec/house/sizes.',
  'spec/testing/runners.',
  'spec/fuzz/',
];

/** What waits for a browser, for other processes or for its own timers most of its time. Less than a third is work. */
const idle = [
  'spec/playground/page.',
  'spec/demos/programs/crawl/crawl.',
  ...['cancel', 'drain', 'forged', 'keep', 'leaving', 'locks', 'missing', 'orphans', 'promises'].map(
    (name) => `spec/distributed/${name}.`,
  ),
  ...['ahead', 'forged', 'idle', 'lifetime', 'orphans', 'stuck'].map((name) => `spec/workers/${name}.`),
];

/** What changes or sees more of its process than its own loops, and so needs one of its own, too. */
const apart = [
  // Once another file has loaded treadle/debug or treadle/tracing, reports also say where a task stands.
  'spec/testing/virtually.',
  'spec/playground/examples.',
  // Most of these ask V8's inspector where a generator stands. From then on V8 no longer counts the branches of most functions of
  // the process, and the coverage of all files in it would be too low.
  'spec/debug/',
  'spec/lines/',
  'spec/tracing/',
  'spec/testing/same-twice.',
];

/** At most this many files share a process: more would be a long job, late in the run. */
const SHARERS = 12;
/** For one process, in ms. Only a hang takes that long: a file of 20 s takes 180 s where 15 others want to run. */
const LIMIT = 600_000;

const needsOwn = (path) => [...long, ...apart].some((beginning) => path.startsWith(beginning));

/** The lower, the earlier these are to start. */
export function rank([path]) {
  const place = long.findIndex((beginning) => path?.startsWith(beginning));
  return place < 0 ? long.length : place;
}

/** Does the first of these files mostly wait? */
export const isIdle = ([path]) => idle.some((beginning) => path?.startsWith(beginning));

/** A spec file that needs the machine for itself says so in its name. */
export const isTiming = (path) => path.endsWith('.timing.spec.ts');

/** These files, in groups that share a process: those of a folder that need none of their own. */
export function groups(paths) {
  const open = new Map();
  const all = [];
  for (const path of paths) {
    const folder = needsOwn(path) || isTiming(path) ? path : dirname(path);
    const group = open.get(folder) ?? [];
    if (group.length === 0) all.push(group);
    group.push(path);
    open.set(folder, group.length < SHARERS ? group : []);
  }
  return all;
}

/** What each file printed: spec.mjs says before each which one it is. */
function outputs(output) {
  const [, ...parts] = output.split(/^--- (spec\/.*)\n/m);
  return new Map(parts.flatMap((part, i) => (i % 2 ? [] : [[part, parts[i + 1]]])));
}

/**
 * Runs spec files in one process, and gives what came of each. A file may end the process, by an error, by `exit`, by
 * being killed: those after it are then run in another one.
 */
export async function runFiles(paths, env) {
  const results = [];
  while (results.length < paths.length) {
    const rest = paths.slice(results.length);
    const { code, output, report } = await node([join(root, '.build/spec.mjs'), ...rest], {
      env: { ...env, TREADLE_TALLY: '1', FORCE_COLOR: '0' },
      limit: LIMIT,
      extra: ['pipe'],
    });
    const printed = outputs(output);
    const told = report
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .map((tally) => ({ ...tally, output: printed.get(tally.path) }));
    const next = rest[told.length];
    // It has begun, and there is no tally: the process was killed. Or the process did not come as far as a file.
    if (told.length === 0 || printed.has(next)) told.push(lost(next, printed.get(next) ?? output));
    // All were good, and then the process ended badly.
    else if (code !== 0 && told.every(({ isGood }) => isGood)) told.push(lost(told.pop().path, output));
    results.push(...told);
  }
  return results;
}

/** What is known of a file that has left no tally. */
const lost = (path, output) => ({ path, output, isGood: false, seconds: 0, passed: 0, failed: [], skipped: [] });
