// The rules of treadle/eslint, under the real ESLint, parser and TypeScript: `npm ci` in spec/eslint/peers. They are
// large, and typescript-eslint does not know TypeScript 7 yet, so they are not among the packages that everybody installs.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import treadle from 'treadle/eslint';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import { documents } from '../support/documents.ts';
import { read, root } from '../support/package.ts';
import { tsc } from '../support/programs.ts';
import { mistakes } from './mistakes.ts';
import { right } from './right.ts';

// ESLint and TypeScript's type checker together run long, and in this process.
await import(pathToFileURL(join(root, '.build/patient.mjs')).href);

const peers = join(root, 'spec/eslint/peers');
const folder = join(root, '.cache/eslint');

interface Message {
  readonly line: number;
  readonly ruleId: string | null;
  readonly message: string;
  readonly fix?: { range: [number, number]; text: string };
  readonly suggestions?: { desc: string; fix: { range: [number, number]; text: string } }[];
}

interface Linter {
  lintFiles(patterns: readonly string[]): Promise<{ filePath: string; messages: Message[] }[]>;
}

/** What is used of the API of TypeScript, whose types only those have who have installed it. */
interface Program {
  getSourceFiles(): readonly unknown[];
}
interface CompilerHost {
  jsDocParsingMode: number;
  getSourceFile(path: string, ...others: unknown[]): unknown;
}
interface TypeScript {
  readonly sys: object;
  readonly JSDocParsingMode: { readonly ParseNone: number };
  getParsedCommandLineOfConfigFile(
    path: string,
    extended: object,
    host: object,
  ): { fileNames: string[]; options: object };
  createCompilerHost(options: object, setParentNodes: boolean): CompilerHost;
  createProgram(files: readonly string[], options: object, host: CompilerHost): Program;
}

const test = suite('treadle/eslint');
// Not one line for each of them where they cannot run.
const withPeers: (name: string, spec: () => void | Promise<void>) => void = installed(peers) ? test : () => {};
if (!installed(peers)) test.skip('the rules under the real ESLint (npm ci in spec/eslint/peers)', () => {});

const fromPeers = (path: string) => import(pathToFileURL(join(peers, 'node_modules', path)).href);

// What every program has at hand. `all` and `run` are imported, so the fixes may use them.
const header = `import { all, call, coroutine, forEach, Lock, map, Queue, run, runSync, sleep, spawn, timeout } from 'treadle';
import type { Awaitable, Coroutine, Effect } from 'treadle';
import { began, condition, isAlive, jobs, lock, loop, page, plain, ready, urls, user } from '../world.ts';
`;

/** Writes programs into a folder below the one of this spec, numbered. */
function write(name: string, programs: readonly string[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  programs.forEach((code, i) => writeFileSync(join(folder, name, `${i}.ts`), `${header}${code}\n`));
}

const tsconfig = (name: string, include: readonly string[]) =>
  writeFileSync(
    join(folder, name),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        // The folder of `npm ci` is not where the programs are.
        typeRoots: ['../../node_modules/@types'],
      },
      include,
      // Also what the root's leaves to others: the playground.
      exclude: ['../../**/node_modules'],
    }),
  );

/** By their paths. The declarations of the language and of Node, and lib/, belong to each program: they are parsed once. */
const parsed = new Map<string, unknown>();

/** The program of a tsconfig.json of this spec's folder. Doc comments are not parsed: no rule looks at them. */
async function programOf(project: string): Promise<Program> {
  const { default: ts } = (await fromPeers('typescript/lib/typescript.js')) as { default: TypeScript };
  const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(join(folder, project), {}, ts.sys);
  const host = ts.createCompilerHost(options, true);
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
  const parse = host.getSourceFile;
  host.getSourceFile = (path, ...others) => {
    if (!parsed.has(path)) parsed.set(path, parse(path, ...others));
    return parsed.get(path);
  };
  return ts.createProgram(fileNames, options, host);
}

/** ESLint with the recommended rules, and the type information of a program. */
async function linter(program?: Program): Promise<Linter> {
  const { ESLint } = (await fromPeers('eslint/lib/api.js')) as { ESLint: new (options: object) => Linter };
  const parser = (await fromPeers('@typescript-eslint/parser/dist/index.js')) as object;
  const parserOptions = program === undefined ? {} : { programs: [program] };
  return new ESLint({
    cwd: root,
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: [
      { ignores: ['**/node_modules/**', '**/.git/**'] },
      { languageOptions: { parser, parserOptions }, linterOptions: { reportUnusedDisableDirectives: 'off' } },
      treadle.configs.recommended,
    ],
  });
}

/** What ESLint says of these files, by their path from the root. Complaints about the project's directives do not count. */
async function lint(project: string, patterns: readonly string[]): Promise<Map<string, readonly Message[]>> {
  const results = await (await linter(await programOf(project))).lintFiles(patterns);
  return new Map(
    results.map(({ filePath, messages }) => [
      relative(root, filePath).replaceAll('\\', '/'),
      messages.filter(({ ruleId, message }) => ruleId?.startsWith('treadle/') || !/^Definition for rule/.test(message)),
    ]),
  );
}

const line = (path: string, { line, message }: Message) => `${path}:${line}: ${message}`;
const all = (found: ReadonlyMap<string, readonly Message[]>) =>
  [...found].flatMap(([path, messages]) => messages.map((message) => line(path, message)));

/** The program after a fix or a suggestion. */
const applied = (code: string, { range, text }: { range: [number, number]; text: string }) =>
  code.slice(0, range[0]) + text + code.slice(range[1]);

/** The type check of a project of this spec. */
const checked = (project: string) => tsc(join(folder, project));

let found: ReadonlyMap<string, readonly Message[]> = new Map();

/** The programs of the documents, each on its own lines. */
const snippets = documents
  .filter((path) => !path.startsWith('docs/zh/'))
  .flatMap((path) =>
    [...read(path).matchAll(/^```ts (?:run|check)\n([^]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
      name: `${path.replaceAll('/', '__')}_${read(path).slice(0, index).split('\n').length}.ts`,
      code,
    })),
  );

withPeers('the programs of this spec are linted', async () => {
  rmSync(folder, { recursive: true, force: true });
  write(
    'mistakes',
    mistakes.map(({ code }) => code),
  );
  write(
    'right',
    right.map(([, code]) => code),
  );
  writeFileSync(join(folder, 'world.ts'), read('spec/eslint/world.ts'));
  tsconfig('tsconfig.json', ['world.ts', 'mistakes', 'right']);
  tsconfig('mistakes.json', ['world.ts', 'mistakes']);
  tsconfig('right.json', ['world.ts', 'right']);
  tsconfig('fixed.json', ['world.ts', 'fixed']);
  found = await lint('tsconfig.json', ['.cache/eslint/**/*.ts']);
  assert.is(found.size, mistakes.length + right.length + 1);
});

withPeers('TypeScript accepts every mistake of the list', async () => {
  const { code, out } = await checked('mistakes.json');
  assert.is(code, 0, out);
});

for (const [i, { name, says, fixed, suggested, code }] of mistakes.entries()) {
  withPeers(`it finds ${name}`, () => {
    const messages = found.get(`.cache/eslint/mistakes/${i}.ts`)!;
    assert.is(messages.length, 1, `${code}\n${messages.map(({ message }) => message).join('\n')}`);
    const [{ message, fix, suggestions = [] } = messages[0]!] = messages;
    assert.match(message, says);
    const before = `${header}${code}\n`;
    if (fixed === undefined) assert.is(fix, undefined, fix?.text);
    else assert.ok(applied(before, fix!).split('\n').includes(fixed), applied(before, fix!));
    const [suggestion] = suggestions;
    if (suggested === undefined) assert.is(suggestion, undefined, suggestion?.desc);
    else assert.ok(applied(before, suggestion!.fix).split('\n').includes(suggested), applied(before, suggestion!.fix));
  });
}

withPeers('what is fixed passes the type check, and the rules find nothing in it any more', async () => {
  const programs = mistakes.flatMap(({ code }, i) => {
    const [message] = found.get(`.cache/eslint/mistakes/${i}.ts`)!;
    const fix = message?.fix ?? message?.suggestions?.[0]?.fix;
    return fix ? [applied(`${header}${code}\n`, fix).slice(header.length)] : [];
  });
  assert.ok(programs.length > 35, `only ${programs.length}`);
  write('fixed', programs);
  const { code, out } = await checked('fixed.json');
  assert.is(code, 0, out);
  assert.equal(all(await lint('fixed.json', ['.cache/eslint/fixed/*.ts'])), []);
});

withPeers('it is silent about programs that only look like mistakes', () => {
  const wrong = right.flatMap(([name, code], i) =>
    found.get(`.cache/eslint/right/${i}.ts`)!.map(({ message }) => `${name}: ${message}\n${code}`),
  );
  assert.equal(wrong, []);
});

withPeers('those programs pass the type check', async () => {
  const { code, out } = await checked('right.json');
  assert.is(code, 0, out);
});

withPeers('the configuration has the types that ESLint wants', async () => {
  mkdirSync(join(folder, 'config'));
  writeFileSync(
    join(folder, 'config/eslint.config.ts'),
    `import { defineConfig } from 'eslint/config';
import treadle from 'treadle/eslint';
export default defineConfig([
  treadle.configs.recommended,
  { plugins: { treadle }, rules: { 'treadle/no-untyped-yield': 'off' } },
  // @ts-expect-error: no rules. If the types were lost (any), this line would be the error.
  { rules: 1 },
]);
`,
  );
  const types = '../../../spec/eslint/peers/node_modules/eslint/lib/types';
  writeFileSync(
    join(folder, 'config/tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.json',
      compilerOptions: {
        paths: {
          'treadle/eslint': ['../../../lib/eslint/index.ts'],
          '#host': ['../../../lib/host/node.ts'],
          eslint: [`${types}/index.d.ts`],
          'eslint/config': [`${types}/config-api.d.ts`],
        },
      },
      include: ['*.ts'],
    }),
  );
  const { code, out } = await checked('config/tsconfig.json');
  assert.is(code, 0, out);
});

withPeers('without type information it says what is missing', async () => {
  const eslint = await linter();
  let error: unknown;
  await eslint.lintFiles(['.cache/eslint/right/0.ts']).catch((caught) => (error = caught));
  assert.match(String(error), /treadle\/no-\w+-yield needs type information.*projectService: true/);
});

withPeers(
  "no false alarm in the project's own sources, demos and documents, but where one shows the mistake",
  async () => {
    mkdirSync(join(folder, 'documents'));
    for (const { name, code } of snippets) writeFileSync(join(folder, 'documents', name), code);
    tsconfig('own.json', ['documents', '../../lib', '../../demos']);
    const own = await lint('own.json', ['.cache/eslint/documents/*.ts', 'lib/**/*.ts', 'demos/**/*.ts']);
    assert.ok(own.size > 350, `only ${own.size}`);
    // Debug mode's document and the demo of it have a forgotten `yield*` on purpose: there the rule must not be silent.
    const onPurpose = /^(\.cache\/eslint\/documents\/docs__semantics\.md_\d+|demos\/learn\/\d+-forgotten)\.ts$/;
    const showing = [...own].filter(([path, messages]) => onPurpose.test(path) && messages.length > 0);
    assert.is(showing.length, 2);
    for (const [, messages] of showing)
      for (const { message } of messages) assert.match(message, /does nothing here: an effect/);
    assert.equal(all(new Map([...own].filter(([path]) => !onPurpose.test(path)))), []);
  },
);

test('the list has at least 40 mistakes, each with a name of its own', () => {
  assert.ok(new Set(mistakes.map(({ name }) => name)).size >= 40);
  assert.is(new Set(mistakes.map(({ name }) => name)).size, mistakes.length);
});

test('the plugin has the version of the package, and its rules are in the recommended configuration', () => {
  const { name, version } = JSON.parse(read('package.json')) as Record<string, string>;
  assert.equal(treadle.meta, { name: `${name}/eslint`, version });
  assert.equal(
    Object.keys(treadle.configs.recommended.rules),
    Object.keys(treadle.rules).map((rule) => `treadle/${rule}`),
  );
  assert.is(treadle.configs.recommended.plugins['treadle'], treadle);
});

test('its peers are pinned, and their lock file holds no address', () => {
  const { devDependencies } = JSON.parse(read('spec/eslint/peers/package.json')) as {
    devDependencies: Record<string, string>;
  };
  assert.ok(Object.values(devDependencies).every((version) => /^\d+\.\d+\.\d+$/.test(version)));
  assert.not.match(read('spec/eslint/peers/package-lock.json'), /"resolved"/);
});

test.run();
