// Each event in one sentence, in two languages.
import * as assert from 'uvu/assert';
import { examples } from '../../demos/playground/examples/list.ts';
import type { Kind, Log } from '../../demos/playground/walk/log.ts';
import { chinese } from '../../demos/playground/walk/sentences-chinese.ts';
import { english } from '../../demos/playground/walk/sentences-english.ts';
import type { Sentences } from '../../demos/playground/walk/sentence.ts';
import { walkThrough } from '../../demos/playground/walk/walk.ts';
import { EVERYTHING, isInstalled, logOf, machineSuite, run, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: sentences');

function sentencesOf(log: Log, language: Sentences): string[] {
  const walk = walkThrough(log);
  return log.events.map((event, index) => language.of(event, walk.stateAt(index), walk.stateAt(index + 1)));
}

const limits = { events: 60 };
/** A run of each example, and one for each kind of event that no example has. */
const logs = !isInstalled ? [] : [
  ...examples().map(({ code, run: options }) => run(code, options).log as Log),
  logOf(EVERYTHING),
  logOf(EVERYTHING, { seed: 3, late: 5, order: 'any' }),
  logOf(EVERYTHING, { faults: [{ kind: 'timer', number: 1, late: 2 }, { kind: 'cancel', task: 2, turn: 3 }] }),
  logOf(withImports("\nfunction* main() {\n  yield* fetch('/a');\n}"), { faults: [{ kind: 'request', number: 1 }] }),
  logOf(withImports('\nfunction* main() {\n  for (;;) yield* now();\n}')),
  logOf(withImports('\nfunction* main() {\n  for (;;) yield* yieldNow();\n}'), { limits }),
  logOf(withImports("\nfunction* main() {\n  for (;;) console.log('x'.repeat(99));\n}"), { limits: { output: 200 } }),
  logOf(withImports('\nfunction* main() {\n  const task = yield* currentTask();\n  yield* join(yield* spawn(cancel(task, 5)));\n}')),
]; // prettier-ignore

const KINDS: Record<Kind, true> = {
  spawned: true,
  begins: true,
  calls: true,
  returns: true,
  closes: true,
  answers: true,
  throws: true,
  waits: true,
  pauses: true,
  woken: true,
  cancels: true,
  over: true,
  clock: true,
  callback: true,
  puts: true,
  frees: true,
  prints: true,
  deadlock: true,
  fault: true,
  stopped: true,
  ended: true,
};

test('every kind of event has a sentence in both languages, without a hole in it', () => {
  const kinds = new Set<Kind>();
  for (const log of logs) {
    const both = [english, chinese].map((language) => sentencesOf(log, language));
    for (const [index, event] of log.events.entries()) {
      kinds.add(event.kind);
      const [inEnglish, inChinese] = both.map((sentences) => sentences[index] as string) as [string, string];
      // What the program says of itself may be `undefined`.
      const said = JSON.stringify(event).includes('undefined');
      for (const sentence of [inEnglish, inChinese]) {
        assert.ok(said || !/undefined|NaN|\[object/.test(sentence), sentence);
        // What the program prints may have any form.
        if (event.kind !== 'prints') assert.not.match(sentence, / {2}|\.{4}|[^.]\.{2}$|。。|，。|: \.|, \./, sentence);
        assert.ok(sentence.length < 420, sentence);
      }
      assert.match(inEnglish, event.kind === 'clock' ? /^Nothing .*\.$/ : /^At \d+ ms [^ ].*[.”]$/);
      assert.match(inChinese, /。$/);
      assert.match(inChinese, /[\u4e00-\u9fff]/);
    }
  }
  assert.equal([...kinds].sort(), Object.keys(KINDS).sort());
});

test('what is said of a task that is closed, step by step', () => {
  const log = logOf(
    withImports(`
function* page() {
  try {
    yield* sleep(100);
  } finally {
    yield* sleep(5);
  }
}
function* main() {
  const task = yield* spawn(page());
  yield* sleep(50);
  yield* cancel(task, 'too slow');
}`),
  );
  const from = log.events.findIndex(({ kind }) => kind === 'cancels');
  assert.equal(sentencesOf(log, english).slice(from, from + 6), [
    "At 50 ms main cancels page. The reason is 'too slow'.",
    'At 50 ms page is closed with return(), at line 4. Its finally blocks run next.',
    'At 50 ms main wakes page.',
    "At 50 ms main yields cancel(#2 page, 'too slow'), line 12; it waits for page.",
    'At 50 ms page goes on with return(): its clean-up runs.',
    'At 50 ms page cleans up: its finally yields sleep(5), line 6; it waits until 55 ms.',
  ]);
  assert.equal(sentencesOf(log, chinese).slice(from, from + 6), [
    "50 ms：main 取消 page。原因是 'too slow'。",
    '50 ms：page 在第 4 行被 return() 关闭，接着执行它的 finally。',
    '50 ms：main 唤醒 page。',
    "50 ms：main 在第 12 行 yield 出 cancel(#2 page, 'too slow')，等 page。",
    '50 ms：page 由 return() 恢复，开始清理。',
    '50 ms：page 正在清理：它的 finally 在第 6 行 yield 出 sleep(5)，等到 55 ms。',
  ]);
});

test('what is said of locks, circles and time limits', () => {
  const sentences = sentencesOf(logOf(EVERYTHING), english);
  for (const sentence of [
    'At 0 ms inside treadle, child yields door.acquire(): that is done at once. It holds door now.',
    'At 1 ms main yields door.acquire(), line 26; it waits, because child holds door.',
    'At 20 ms child wakes main. main holds door from now on.',
    'At 20 ms door was released, and is free.',
    'At 72 ms main cleans up: the finally of page yields sleep(5), line 8; it waits until 77 ms.',
    "At 72 ms the time of timeout(50, page('/a')) is over, in main.",
    'Nothing is ready, so the clock moves on from 1 ms to 20 ms.',
  ])
    assert.ok(sentences.includes(sentence), `${sentence}\n\n${sentences.join('\n')}`);
  assert.ok(sentences.some((sentence) => /deadlock: bob waits for ada and ada waits for bob\.$/.test(sentence)));
});

plainTest('a state in a word, in both languages', () => {
  assert.is(english.doing('waiting', false), 'waiting');
  assert.is(english.doing('waiting', true), 'cleaning up, waiting');
  assert.is(chinese.doing('waiting', false), '等待');
  assert.is(chinese.doing('ready', true), '清理中，就绪');
  assert.is(english.language, 'en');
  assert.is(chinese.language, 'zh');
});

runSuite();
