// No document may hold TypeScript that is not tried. The word after the language says how:
//
//   ```ts run      a whole program: type-checked, and run as JavaScript with 'treadle' as a user gets it
//   ```ts check    a part: only type-checked
//   ```text output     right after a `run`: exactly what it prints
//   ```ts from PATH#Symbol     a quotation: .build/weave.mjs compares it with its source (weave.spec.ts)
//
// Any other fence of TypeScript or JavaScript is a failure here.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { fromPromise, run, Semaphore } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documents } from '../support/documents.ts';
import { read, root } from '../support/package.ts';
import { node, tsc } from '../support/programs.ts';
import type { Ended } from '../support/programs.ts';

// Inside the package, so that 'treadle' is this package, and outside node_modules, where it would not be.
const folder = join(root, '.cache', 'snippets');

interface Fence {
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  readonly info: string;
  readonly code: string;
  /** Of a `text output` fence with nothing but blank lines between. */
  output?: string;
}

function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  const lines = markdown.split(/\r?\n/);
  let between = '';
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', ticks, info = ''] = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[i]!) ?? [];
    if (!ticks) {
      between += lines[i]!.trim();
      continue;
    }
    const first = i + 1;
    while (++i < lines.length && lines[i]!.trim() !== ticks) continue;
    const code = lines
      .slice(first, i)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n');
    const previous = found.at(-1);
    if (info === 'text output' && between === '' && previous?.info === 'ts run') previous.output = code;
    else found.push({ line: first + 1, info, code });
    between = '';
  }
  return found;
}

function problemWith({ info }: Fence): string | undefined {
  if (info === 'text output') return 'follows no `ts run`';
  if (
    /^(ts|tsx|js|jsx|mjs|cjs|mts|cts|typescript|javascript|node)\b/i.test(info) &&
    info !== 'ts run' &&
    info !== 'ts check' &&
    !/^ts from /.test(info)
  ) {
    return `\`${info}\` is neither \`ts run\` nor \`ts check\` nor \`ts from\``;
  }
  return undefined;
}

// The programs of the Chinese documents are those of the English ones, to the letter (chinese.spec.ts). The reference is
// made from the doc comments, and the examples in these are checked by api.spec.ts.
const all = documents
  .filter((path) => !/^docs\/(zh|api)\//.test(path))
  .flatMap((path) => fences(read(path)).map((fence) => ({ path, ...fence })));
const snippets = all
  .filter(({ info }) => info === 'ts run' || info === 'ts check')
  .map((fence) => ({
    ...fence,
    name: `${fence.path}:${fence.line}`,
    file: `${fence.path.replaceAll('/', '__')}_${fence.line}.ts`,
  }));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { file, line, code } of snippets) {
  // Pushed down to its own line, so that a message about it names the line in the document.
  writeFileSync(join(folder, file), `${'\n'.repeat(line - 1)}${code}\n`);
}
writeFileSync(
  join(folder, 'tsconfig.json'),
  // A snippet may leave a result unused, which a program should not.
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ['*.ts'],
  }),
);

const test = suite('documents');

test('the fences of a document are read as meant', () => {
  const sample =
    'a\n```ts run\n1\n\n2\n```\n\n```text output\n3\n```\n- b\n  ```ts\n  4\n  ```\n```text output\n```\n```sh\nnpm start\n```\n';
  const found = fences(sample);
  assert.equal(
    found.map(({ info, line, code }) => [info, line, code]),
    [
      ['ts run', 3, '1\n\n2'],
      ['ts', 13, '4'],
      ['text output', 16, ''],
      ['sh', 18, 'npm start'],
    ],
  );
  assert.is(found[0]!.output, '3');
  assert.equal(
    found.map((fence) => problemWith(fence) !== undefined),
    [false, true, true, false],
  );
});

test('no snippet escapes: every fence of code is marked run or check', () => {
  const escaped = all.flatMap((fence) => problemWith(fence) ?? []).length;
  assert.is(
    escaped,
    0,
    all.flatMap((fence) => (problemWith(fence) ? `${fence.path}:${fence.line}: ${problemWith(fence)}` : [])).join('\n'),
  );
});

test('there is a README, and it has a program to run', () => {
  assert.ok(snippets.some(({ path, info }) => path === 'README.md' && info === 'ts run'));
});

test('every snippet passes the type check', async () => {
  if (snippets.length === 0) return;
  const { code, out } = await tsc(folder);
  const told = out.replace(
    /^\S*?([\w.-]+?)_\d+\.ts\((\d+),/gm,
    (_, path: string, line: string) => `${path.replaceAll('__', '/')}:${line} (`,
  );
  assert.is(code, 0, told);
});

type Snippet = (typeof snippets)[number];

/** Writes a snippet without its types: to start Node with hooks that take them out costs more than most programs do. */
function written({ file, code, line }: Snippet): string {
  const path = join(folder, file.replace(/\.ts$/, '.mjs'));
  const source = '\n'.repeat(line - 1) + code;
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const options = { loader: 'ts', format: 'esm', target: 'es2022', sourcemap: 'inline', sourcefile: file } as const;
  writeFileSync(path, transformSync(source, { ...options, tsconfigRaw }).code);
  return path;
}

/** Two programs run at the same time: many of them wait for timers, and some for workers. */
const turns = new Semaphore(2);

type Ran = Pick<Ended, 'code' | 'out' | 'err'>;

const execute = (path: string): PromiseLike<Ran> =>
  run(turns.with(fromPromise(() => node(['--enable-source-maps', path]))));

/**
 * Is the program over when its module has been evaluated? So it is with those that only use `runSync`, on a virtual
 * clock. Two thirds are such programs. They share a process, because that costs a tenth of a second of the processor.
 */
function isOverAtOnce({ code }: Snippet): boolean {
  const froms = [...code.matchAll(/^(?:import|export)\b[^;]*?'([^']+)';/gm)].map(([, from = '']) => from);
  const names = [...code.matchAll(/^import \{([^}]*)\} from 'treadle';/gm)].flatMap(([, list = '']) => list.split(','));
  return (
    froms.every((from) => /^(?:treadle(?:\/testing)?|node:assert\/strict)$/.test(from)) &&
    names.every((name) => !/^\s*(?:run|main|EventLoop|toAsyncIterable|toReadableStream)\s*$/.test(name)) &&
    !/\b(?:process|globalThis|await|Promise|setTimeout|setImmediate|queueMicrotask)\b|\bthen\(/.test(code)
  );
}

/** Imports programs one after the other, and tells what each has written. An error is one of that program only. */
const sharing = `
const { stdout, stderr } = process;
const all = [];
let now;
for (const [stream, name] of [[stdout, 'out'], [stderr, 'err']])
  stream.write = (text) => ((now[name] += text), true);
for (const path of process.argv.slice(1)) {
  all.push((now = { code: 0, out: '', err: '' }));
  try {
    await import(path);
  } catch (error) {
    now.code = 1;
    now.err += error.stack;
  }
}
delete stdout.write;
stdout.write(JSON.stringify(all));
`;

async function executeTogether(paths: readonly string[]): Promise<Ran[]> {
  const { out, err } = await node(
    [
      '--enable-source-maps',
      '--input-type=module',
      '--eval',
      sharing,
      ...paths.map((path) => pathToFileURL(path).href),
    ],
    { limit: 400_000 },
  );
  if (!out.startsWith('[')) throw new Error(`the programs that share a process have ended it: ${out}${err}`);
  return JSON.parse(out) as Ran[];
}

const programs = snippets.filter(({ info }) => info === 'ts run');
const short = programs.filter(isOverAtOnce);
const together = executeTogether(short.map(written));
together.catch(() => {}); // each of its specs says so

const ended = (snippet: Snippet): PromiseLike<Ran> => {
  const place = short.indexOf(snippet);
  return place < 0 ? execute(written(snippet)) : together.then((all) => all[place]!);
};

test('programs that are over at once share a process, and no others do', () => {
  const isShared = (code: string) => isOverAtOnce({ ...programs[0]!, code });
  assert.ok(isShared("import { runSync, sleep } from 'treadle';\nrunSync(sleep(1));"));
  assert.not(isShared("import { run } from 'treadle';\nrun(work());"));
  assert.not(isShared("import { runSync } from 'treadle';\nimport 'treadle/debug';"));
  assert.not(isShared("import { runSync } from 'treadle';\nsetTimeout(() => {}, 5);"));
  assert.ok(short.length > 50 && programs.length - short.length > 20, `${short.length} of ${programs.length}`);
});

for (const { snippet, ran } of programs.map((snippet) => ({ snippet, ran: ended(snippet) }))) {
  const { name, output } = snippet;
  test(`${name} runs${output === undefined ? '' : ' and prints what the document says'}`, async () => {
    const { code, out, err } = await ran;
    assert.is(code, 0, `${out}${err}`);
    if (output !== undefined) {
      const tidy = (text: string) => text.replace(/[ \t]+$/gm, '').trimEnd();
      assert.is(tidy(out), tidy(output));
    }
  });
}

test.run();
