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
import { transformSync } from 'esbuild';
import { fromPromise, run, Semaphore } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documents } from '../support/documents.ts';
import { read, root } from '../support/package.ts';
import { node } from '../support/programs.ts';

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
  const tsc = await node([join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', folder], {
    limit: 120_000,
  });
  const told = tsc.out.replace(
    /^\S*?([\w.-]+?)_\d+\.ts\((\d+),/gm,
    (_, path: string, line: string) => `${path.replaceAll('__', '/')}:${line} (`,
  );
  assert.is(tsc.code, 0, told);
});

/** Two programs run at the same time: many of them wait for timers, and some for workers. */
const turns = new Semaphore(2);

/** Runs a snippet without its types: to start Node with hooks that take them out costs more than most programs do. */
function execute({ file, code, line }: (typeof snippets)[number]) {
  const path = join(folder, file.replace(/\.ts$/, '.mjs'));
  const source = '\n'.repeat(line - 1) + code;
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const options = { loader: 'ts', format: 'esm', target: 'es2022', sourcemap: 'inline', sourcefile: file } as const;
  writeFileSync(path, transformSync(source, { ...options, tsconfigRaw }).code);
  return run(turns.with(fromPromise(() => node(['--enable-source-maps', path]))));
}

for (const { snippet, ended } of snippets
  .filter(({ info }) => info === 'ts run')
  .map((snippet) => ({ snippet, ended: execute(snippet) }))) {
  const { name, output } = snippet;
  test(`${name} runs${output === undefined ? '' : ' and prints what the document says'}`, async () => {
    const { code, out, err } = await ended;
    assert.is(code, 0, `${out}${err}`);
    if (output !== undefined) {
      const tidy = (text: string) => text.replace(/[ \t]+$/gm, '').trimEnd();
      assert.is(tidy(out), tidy(output));
    }
  });
}

test.run();
