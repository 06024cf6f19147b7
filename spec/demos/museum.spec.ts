// The museum of bugs: every piece dies in some schedule, lives in all of them with its one line, and dies again from
// the schedule that is stored in it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Condition, coroutine, Event, Lock, runSync, Semaphore, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { explore, replay } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chinese } from '../../demos/museum/chinese.ts';
import { words } from '../../demos/museum/language.ts';
import type { ComparedPiece, ExploredPiece } from '../../demos/museum/piece.ts';
import { pieces } from '../../demos/museum/pieces.ts';
import { ENOUGH } from '../../demos/museum/show.ts';
import { columns } from '../../demos/museum/story.ts';
import { refusal } from '../support/demo-module.ts';
import { demo, runProgram, succeeded } from '../support/demo.ts';
import { read, root } from '../support/package.ts';

const test = suite('demo museum');

/** The runs of the demo that the tests look at, started together. */
const shown = new Map([3, 7, 11].map((number) => [number, demo(`museum ${number}`)]));

const folder = join(root, 'demos/museum');
const numbered = pieces.map((piece, index) => [index + 1, piece] as const);
const explored = numbered.filter((one): one is [number, ExploredPiece] => 'broken' in one[1]);
const compared = numbered.filter((one): one is [number, ComparedPiece] => 'programs' in one[1]);

/** The file of each piece, in their order. */
const files = readdirSync(folder).filter((file) => /^\d\d-.*\.ts$/.test(file));
const sources = files.map((file) => readFileSync(join(folder, file), 'utf8'));

test('has twelve pieces: eleven that explore finds, and one that compares processes', () => {
  assert.is(pieces.length, 12);
  assert.is(explored.length, 11);
  assert.equal(
    compared.map(([number]) => number),
    [11],
  );
  assert.is(new Set(pieces.map(({ title }) => title)).size, 12);
});

test('each piece tells its story: where it happened, with links, and the five parts', () => {
  for (const [number, { history, story }] of numbered) {
    assert.ok(history.length > 0, `${number} has a link`);
    for (const { name, url } of history) {
      assert.ok(name.length > 3);
      assert.is(new URL(url).href, url);
    }
    for (const part of ['wanted', 'killedBy', 'because', 'mended', 'inTreadle'] as const)
      assert.ok(story[part].length > 60, `${number}: ${part}`);
  }
});

test('each program is short, and one line of it mends it', () => {
  for (const [number] of explored) {
    const source = sources[number - 1]!;
    assert.is(source.split('// mends it').length, 2, `${number} has one such line`);
    // Either the line asks for `mended` itself, or the one above it does.
    assert.match(source, /\bmended\b.*\n?.*\/\/ mends it/, `${number}`);
    const program = source.split('\nfunction* program(')[1]!.split('\n}\n')[0]!;
    assert.not.match(program, /\b(?:async|await)\b/);
    const lines = program.split('\n').filter((line) => line.trim() !== '');
    assert.ok(lines.length >= 18 && lines.length <= 48, `${number} has ${lines.length} lines`);
  }
});

for (const [number, { broken, fixed, find, schedule, title }] of explored) {
  test(`${number}, ${title}: the usual order hides it, and another one of at most 500 shows it`, () => {
    find.check?.(runSync(broken()));
    const { failure, runs } = explore(broken, find);
    assert.ok(failure, `nothing was found in ${runs} schedules`);
    assert.ok(runs <= 500, `${runs} schedules`);
    assert.ok(failure.switches >= 1 && failure.switches <= 3, `${failure.switches} switches`);
    for (const line of failure.table.split('\n')) assert.ok(line.length <= 80, line);

    // The one that is stored is as good, and it replays.
    const again = replay(broken, schedule, find).failure;
    assert.is(String(again?.error), String(failure.error));
    assert.is(again?.switches, failure.switches);
  });

  test(`${number}: with its line it lives in all schedules, or in ${ENOUGH} of them`, () => {
    const { failure, complete, runs } = explore(fixed, { ...find, strategy: 'exhaustive', runs: ENOUGH });
    assert.is(failure, undefined, String(failure?.error));
    assert.ok(complete || runs === ENOUGH, `${runs} schedules`);
    assert.ok(runs > 1);
  });
}

// What the stories say of treadle itself.
for (const [name, make] of [
  ['Semaphore (piece 1)', () => new Semaphore(1)],
  ['Lock (piece 3)', () => new Lock()],
] as const) {
  test(`treadle's own ${name} is not stuck by a waiter that is cancelled in the turn of the release`, () => {
    const program = function* (): Coroutine<void> {
      const lock = make();
      yield* lock.acquire();
      const hasty = yield* spawn(lock.with(yieldNow()));
      yield* spawn(lock.with(yieldNow()));
      yield* spawn(
        (function* () {
          yield* sleep(10);
          lock.release();
        })(),
      );
      yield* sleep(10);
      yield* yieldNow();
      hasty.cancel();
      yield* lock.with(yieldNow());
    };
    const { failure, complete } = explore(program, { strategy: 'exhaustive', runs: ENOUGH });
    assert.is(failure, undefined, failure?.table);
    assert.ok(complete);
  });
}

test("treadle's own Condition (piece 2) passes on the notification of a waiter that is cancelled", () => {
  const program = function* (): Coroutine<void> {
    const condition = new Condition();
    const taken = new Event();
    let items = 0;
    const consumer = coroutine('consumer', function* () {
      yield* condition.acquire();
      try {
        yield* condition.waitFor(() => items > 0);
        items--;
        taken.set();
      } finally {
        condition.release();
      }
    });
    const producer = coroutine('producer', function* () {
      yield* sleep(10);
      yield* condition.acquire();
      items++;
      condition.notify();
      condition.release();
    });
    const first = yield* spawn(consumer(), { daemon: true });
    yield* spawn(consumer(), { daemon: true });
    yield* spawn(producer());
    yield* sleep(10);
    yield* yieldNow();
    first.cancel();
    yield* taken.wait();
  };
  const { failure, complete } = explore(program, { strategy: 'exhaustive', runs: ENOUGH });
  assert.is(failure, undefined, failure?.table);
  assert.ok(complete);
});

test("treadle's own timeout does not hide a cancellation (piece 4), and owns what it runs (piece 8)", () => {
  const program = function* (): Coroutine<void> {
    let goesOn = false;
    let running = 0;
    const handler = coroutine('handler', function* () {
      running++;
      try {
        yield* sleep(10);
      } finally {
        running--;
      }
    });
    const service = coroutine('service', function* () {
      try {
        yield* timeout(10, handler());
      } catch {
        assert.is(running, 0); // the limit came first
      }
      goesOn = true;
    });
    const task = yield* spawn(service());
    yield* sleep(10);
    const isCancelled = task.cancel();
    const wentOn = goesOn;
    yield* sleep(1);
    assert.is(running, 0);
    if (isCancelled && !wentOn) assert.not(goesOn);
  };
  const { failure, complete } = explore(program, { strategy: 'exhaustive', runs: ENOUGH });
  assert.is(failure, undefined, failure?.table);
  assert.ok(complete);
});

test('11 ends in silence with promises, and with a report in treadle', async () => {
  const [[, { programs }]] = compared as [[number, ComparedPiece]];
  const [promise, topLevel, treadle] = await Promise.all(
    programs.map(({ file }) => runProgram(process.execPath, [join(folder, file)])),
  );
  for (const ended of [promise!, topLevel!, treadle!]) assert.is(ended.out, 'waiting for the answer\n');
  assert.is(promise!.code, 0);
  assert.is(promise!.err, '');
  assert.is(topLevel!.code, 13);
  assert.is(treadle!.code, 1);
  assert.match(treadle!.err, /^DeadlockError: .*\n {2}<Task #1 main waiting on answers\.get\(\)>/);
});

test('docs/testing.md lists the same twelve, and a schedule that is stored', () => {
  const section = read('docs/testing.md').split('\n## The museum\n')[1]!.split('\n## ')[0]!;
  assert.equal(
    [...section.matchAll(/^\| \[(\d+)\]\(\S+\) \| (.*?) \|/gm)].map((match) => match.slice(1)),
    numbered.map(([number, { title }]) => [String(number), title]),
  );
  assert.match(section, `museum 1 --replay ${explored[0]![1].schedule} `);
});

test('in Chinese it tells the same of the same bug: the table, the links and the line are as they were', async () => {
  const [list, one] = await Promise.all([demo('museum --language zh'), demo('museum 6 --language zh')]);
  succeeded(list);
  succeeded(one);
  for (const { title } of chinese) assert.match(list.out, title);
  const { title, story } = chinese[5]!;
  const piece = pieces[5] as ExploredPiece;
  const parts = [
    title,
    piece.history[0]!.url,
    words.zh.killedBy,
    explore(piece.broken, piece.find).failure!.table,
    'demos/museum/06-code-behind.ts:',
    ' --language zh',
  ];
  for (const part of parts) assert.ok(one.out.includes(part), `"${part}" is not there in\n${one.out}`);
  // All of the story, however its lines are broken; and no line of it is wider than a terminal, or begins with a mark.
  const bare = (text: string) => text.replace(/\s+/g, '');
  for (const text of Object.values(story)) assert.ok(bare(one.out).includes(bare(text)), text);
  for (const line of one.out.split('\n')) {
    assert.ok(columns(line) <= 80, line);
    assert.not.match(line, /^ *[，。：；、）”]/);
  }
  assert.not.match(one.out, /^(Piece|What|Why|How|In|With|To) /m);
});

test('without a number it lists them, one line each', async () => {
  const ended = await demo('museum');
  succeeded(ended);
  assert.equal(
    [...ended.out.matchAll(/^ +(\d+) {2}(\S.*?) {2,}(\S.*)$/gm)].map((match) => match.slice(1)),
    numbered.map(([number, { title, project }]) => [String(number), title, project]),
  );
});

test('NUMBER tells it, shows the fatal schedule beside the line that mends it, and that this helps', async () => {
  for (const [number, piece] of explored.filter(([number]) => shown.has(number))) {
    const ended = await shown.get(number)!;
    succeeded(ended);
    const lines = sources[number - 1]!.split('\n');
    const line = lines.findIndex((text) => text.includes('// mends it')) + 1;
    const parts = [
      `Piece ${number}: ${piece.title}`,
      piece.history[0]!.url,
      'What kills it',
      explore(piece.broken, piece.find).failure!.table,
      `demos/museum/${files[number - 1]}:${line}`,
      `\n> ${String(line).padStart(3)}  `,
      lines[line - 1]!.replace(' // mends it', '').trim(),
      'none kills it',
      `node demos museum ${number} --replay t1_`,
    ];
    let from = 0;
    for (const part of parts) {
      const at = ended.out.indexOf(part, from);
      assert.ok(at >= from, `"${part}" is not there, or too early, in\n${ended.out}`);
      from = at;
    }
  }
});

test('11 shows three exit codes instead', async () => {
  const ended = await shown.get(11)!;
  succeeded(ended);
  assert.equal(
    [...ended.out.matchAll(/exit code (\d+)/g)].slice(-3).map(([, code]) => code),
    ['0', '13', '1'],
  );
});

test('--replay runs a stored schedule in another process, to the same table', async () => {
  const some = explored.filter(([number]) => number === 1 || number === 9);
  const all = await Promise.all(some.map(([number, { schedule }]) => demo(`museum ${number} --replay ${schedule}`)));
  for (const [index, [, { broken, find, schedule }]] of some.entries()) {
    succeeded(all[index]!);
    assert.match(all[index]!.out, replay(broken, schedule, find).failure!.table);
  }
});

test('what makes no sense is one line, and exit code 2', async () => {
  const bad: [string, RegExp][] = [
    ['museum 13', /^There is no piece 13: node demos museum lists the twelve\n$/],
    ['museum semaphore', /^There is no piece semaphore/],
    ['museum --replay t1_x', /^--replay needs the number of a piece\n$/],
    ['museum 3 --language fr', /^There is no language fr: it is en or zh\n$/],
    ['museum 11 --replay t1_x', /^Piece 11 has no schedules\n$/],
    ['museum 2 --replay nonsense', /^replay takes a schedule as explore gives it, .* not 'nonsense'\n$/],
    [`museum 2 --replay ${explored[2]![1].schedule}`, /^the schedule no longer fits the program at step \d+/],
  ];
  for (const [index, [args, says]] of bad.entries()) {
    const { code, out, err } = await (index === 0 ? demo(args) : refusal(...args.split(' ')));
    assert.match(err, says);
    assert.is(code, 2);
    assert.is(out, '');
  }
});

test.run();
