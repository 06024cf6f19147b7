// `node demos`: the list, the explanations and the complaints.
//
// What is asked of every demo is asked of its module, in this process: a process costs a fifth of a second of the
// processor, and there are forty demos. That `node demos` says what the module says is seen with one of each room.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { moduleOf, refusal, watched } from '../support/demo-module.ts';
import { demo, demos, sourceOf, succeeded } from '../support/demo.ts';

/** Those that read their command line with support/options.ts: all but these two, which have more to say. */
const simple = demos.filter(({ name }) => name !== 'crawl' && name !== 'bench');

const oneOfEachRoom = demos.filter(({ name }) => ['hello', 'files', 'museum'].includes(name));

const test = suite('node demos');

test('lists every demo with its summary, in 80 columns: the tutorial programs by number, then the programs', async () => {
  const ended = await demo('');
  succeeded(ended);
  assert.equal(
    [...ended.out.matchAll(/^ {2}(\S+) +(.*)$/gm)].map(([, name, summary]) => [name, summary]),
    demos.map(({ name, summary }) => [name, summary]),
  );
  assert.ok(demos.length > 20, `${demos.length} demos`);
  assert.equal(
    demos.filter(({ summary }) => summary === ''),
    [],
  );
});

test('refuses an unknown name with exit code 2, and says which there are', async () => {
  const { code, out, err } = await demo('no-such-demo');
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(err, 'There is no demo "no-such-demo"');
  for (const { name } of demos) assert.match(err, `  ${name} `);
});

test('NAME --help says what the demo teaches, in lines of at most 80 columns, and runs nothing', async () => {
  for (const { name, path, summary } of demos) {
    let help = '';
    const { out, err } = await watched(async () => ({ help } = await moduleOf(path)));
    assert.equal([out, err], ['', ''], `${name} does something when it is imported`);
    const lines = [summary, ...help.trim().split('\n')];
    assert.ok(lines.filter((line) => line !== '').length >= 4, `${name} is explained`);
    assert.equal(
      lines.filter((line) => line.length > 80),
      [],
      name,
    );
  }
  assert.is(oneOfEachRoom.length, 3);
  for (const [i, ended] of (await Promise.all(oneOfEachRoom.map(({ name }) => demo(`${name} --help`)))).entries()) {
    const { path, summary } = oneOfEachRoom[i]!;
    succeeded(ended);
    assert.is(ended.out, `${summary}\n\n${(await moduleOf(path)).help.trim()}\n`);
  }
});

test('NAME --help names every option that the demo has, and no other', async () => {
  for (const { name, path } of simple) {
    const { help } = await moduleOf(path);
    const [, usual = '?'] = /options\(\s*argv,\s*\{(.*?)\}[,)]/.exec(sourceOf(name)) ?? [];
    assert.equal(
      [...help.matchAll(/^ {2}--(\w+)/gm)].map((match) => match[1]),
      [...usual.matchAll(/(\w+):/g)].map((match) => match[1]),
      name,
    );
  }
});

test('there is no colour in a pipe, nor with NO_COLOR', async () => {
  for (const NO_COLOR of ['', '1']) {
    const ended = await demo('wait --virtual', undefined, { env: { NO_COLOR } });
    succeeded(ended);
    assert.not.match(ended.out, '\u001B');
  }
});

test('every demo answers an unknown option with one clear line and exit code 2', async () => {
  const complaint = "Unknown option '--nope'\n(--help lists the options)\n";
  for (const { name, path } of simple) {
    const { default: run } = await moduleOf(path);
    assert.equal(await watched(() => run(['--nope'])), { out: '', err: complaint, code: 2 }, name);
  }
  for (const { code, out, err } of await Promise.all(oneOfEachRoom.map(({ name }) => demo(`${name} --nope`))))
    assert.equal({ out, err, code }, { out: '', err: complaint, code: 2 });
});

test('bad values too', async () => {
  const bad: [string, RegExp][] = [
    ['chain --delay soon', /^--delay takes a number of milliseconds from .*, not "soon"$/m],
    ['chain --delay -5', /not "-5"$/m],
    ['chain --delay=', /not ""$/m],
    ['chain --delay 999999999999', /not "999999999999"$/m],
    ['files --files 0', /^--files takes a whole number from 1 to 10000, not "0"$/m],
    ['files --files 2.5', /not "2.5"$/m],
    ['hello --name', /^Option '--name <value>' argument missing$/m],
    ['hello Ada', /^Unexpected argument 'Ada'$/m],
    ['deadlock --virtual=yes', /^Option '--virtual' does not take an argument$/m],
  ];
  for (const [i, [args, says]] of bad.entries()) {
    const { code, out, err } = await (i === 0 ? demo(args) : refusal(...args.split(' ')));
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, says);
  }
});

test.run();
