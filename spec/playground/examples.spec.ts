// The examples of the playground: computed from the book and the museum, and each can be run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from 'uvu';
import { replay } from 'treadle/testing';
import { pieces } from '../../demos/museum/pieces.ts';
import { edited } from '../../demos/playground/examples/edit.ts';
import { examples } from '../../demos/playground/examples/list.ts';
import { museumTexts } from '../../demos/playground/examples/pieces.ts';
import { oneFile } from '../../demos/playground/examples/one-file.ts';
import { walkThrough } from '../../demos/playground/walk/walk.ts';
import { root } from '../support/package.ts';
import { eventsOf, machineSuite, run } from './machine.ts';

const { test: withMachine, run: runSuite } = machineSuite('playground: examples that are run');
const test = suite('playground: examples');

test('there is one for each chapter that is written, and for each piece of the museum', () => {
  const chapters = readdirSync(join(root, 'docs/book')).filter((file) => /^\d\d-.*\.md$/.test(file));
  const ids = [
    ...chapters.map((file) => `ch-${Number(file.slice(0, 2))}`),
    ...pieces.map((_, index) => `museum-${index + 1}`),
  ];
  assert.equal(examples().map(({ id }) => id), ids); // prettier-ignore
});

test('each has a title, and says what it is about, in two languages', () => {
  for (const { id, title, about, note, code } of examples()) {
    for (const text of [title, about, ...(note ? [note] : [])])
      for (const words of [text.en, text.zh]) assert.ok(words.length > 1 && !/\s{2}|\n/.test(words), `${id}: ${words}`);
    assert.ok(code.endsWith('\n') && !code.endsWith('\n\n'), id);
    for (const line of code.split('\n')) assert.ok(line.length <= 120, `${id}: ${line}`);
  }
});

test('those of the museum have their story as a text, in two languages', () => {
  const texts = museumTexts();
  assert.is(texts.length, pieces.length);
  for (const { id, text } of texts) {
    assert.ok(
      examples().some((example) => example.id === id && text.en.startsWith(`# ${example.number}. ${example.title.en}`)),
    );
    for (const words of [text.en, text.zh]) assert.is(words.match(/^## /gm)?.length, 5, id);
    assert.match(text.zh, /[\u4e00-\u9fff]/);
  }
});

test('a change that no longer fits its program is an error', () => {
  assert.is(edited('a b', [['b', 'c']], 'x.ts'), 'a c');
  assert.throws(() => edited('a b', [['d', 'c']], 'x.ts'), 'x.ts: 0 times there is "d", and once is expected');
  assert.throws(() => edited('a a', [['a', 'c']], 'x.ts'), '2 times');
});

test('helper files stand at the end, and nothing is imported twice', () => {
  const files: Record<string, string> = {
    'bank.ts':
      "// A bank.\nimport { Lock, sleep } from 'treadle';\nimport { log } from './log.ts';\n\nexport const bank = new Lock();\n",
    'log.ts': "import type { Lock, Task } from 'treadle';\n\nexport function log() {}\n",
  };
  const program =
    "// A program.\nimport { sleep } from './engine.ts';\nimport { bank } from './bank.ts';\n\nsleep(bank);\n";
  assert.is(
    oneFile(program, (file) => files[file] as string),
    `// A program.
import { sleep } from './engine.ts';
import { Lock } from 'treadle';
import type { Task } from 'treadle';

sleep(bank);

// A bank.

const bank = new Lock();

function log() {}
`,
  );
});

withMachine('each runs to its end, the same each time', () => {
  for (const { id, code, run: options } of examples()) {
    const { error, log, ended } = run(code, options);
    assert.is(error, undefined, `${id}: ${error?.message}`);
    assert.ok(ended !== 'stopped', id);
    assert.equal(run(code, options).log, log, id);
  }
});

withMachine('those of the museum fail as `replay` says, and open where it goes wrong', () => {
  for (const { number, code, run: options, opensAt } of examples().filter(({ from }) => from === 'museum')) {
    const piece = pieces[number - 1]!;
    const { log, ended } = run(code, options);
    assert.is(ended, 'failed');
    assert.is(opensAt, 'fatal');
    assert.ok(walkThrough(log!).fatal < log!.events.length);
    if ('programs' in piece) continue;
    const { failure } = replay(piece.broken, piece.schedule, piece.find);
    const end = log!.events.at(-1);
    const message = String(failure!.error).split('\n')[0]!.replace(/:$/, '');
    assert.ok(end?.kind === 'ended' && message.startsWith(end.value!.slice(0, 60)), `${number}: ${message}`);
    const switched = eventsOf(log!, 'begins').filter((event) => event.switched);
    assert.is(switched.length, failure!.switches, `piece ${number}`);
  }
});

withMachine("those of the museum are the pieces' own text, and end well with true", () => {
  for (const { number, code } of examples().filter(({ from }) => from === 'museum')) {
    if ('programs' in pieces[number - 1]!) continue;
    const file = readdirSync(join(root, 'demos/museum')).find((name) => Number(name.slice(0, 2)) === number);
    const source = readFileSync(join(root, 'demos/museum', file as string), 'utf8');
    const [, program] = /\n(function\* program[\s\S]*?\n}\n)/.exec(source)!;
    assert.ok(code.includes(program as string), `piece ${number}`);
    assert.is(run(code.replace('program(false)', 'program(true)')).ended, 'succeeded', `piece ${number}`);
  }
});

withMachine('those of the book print what their chapters say', () => {
  for (const { id, number, code, note, run: options } of examples().filter(({ from }) => from === 'book')) {
    if (number === 12) continue; // it shows the failure, and the chapter prints a table of it
    const { output } = run(code, options);
    const text = readdirSync(join(root, 'docs/book')).find((file) => file.startsWith(String(number).padStart(2, '0')));
    const chapter = readFileSync(join(root, 'docs/book', `${text!.replace(/\.md$/, '')}.md`), 'utf8');
    const [, printed] = /\n```text output of program\.ts\n([\s\S]*?)```/.exec(chapter) ?? [];
    assert.ok(printed, `${id} has no output`);
    const expected = note === undefined ? printed : undefined;
    // A program that was changed prints some of those lines.
    if (expected !== undefined) assert.is(output, expected, id);
    else if (number <= 3)
      for (const line of output.trim().split('\n')) assert.ok(printed!.includes(line), `${id}: ${line}`);
    else assert.ok(output.length > 0, id);
  }
});

test.run();
runSuite();
