// What a user gets: the packed package, installed into an empty project, type-checked, run, bundled.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../support/command.ts';
import { read, root } from '../support/package.ts';

const manifest = JSON.parse(read('package.json')) as {
  name: string;
  version: string;
  main: string;
  types: string;
  exports: Record<string, string | { types: string; default?: string; node?: string }>;
  imports: Record<string, Record<string, string>>;
  typesVersions: Record<string, Record<string, string[]>>;
};

/** What programs may weigh in a browser: bytes, bundled, minified and compressed by brotli. */
const budgets = [
  // The least that a program needs: 3,835 when the messages became the same in browsers.
  { name: 'run, spawn, sleep and join', program: "export { run, spawn, sleep, join } from 'treadle';", limit: 6_480 },
  // 12,743 then.
  { name: 'everything', program: "export * from 'treadle';", limit: 21_000 },
];

// The real path: esbuild names inputs by it.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'treadle-')));
const project = join(folder, 'project');
const shell = process.platform === 'win32';

function ok(command: string, args: string[], cwd = project): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: shell && command === 'npm',
  });
  assert.is(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}${error ?? ''}`);
  return stdout;
}

const bundle = (contents: string, minify: boolean, platform: 'browser' | 'node' | 'neutral' = 'browser') =>
  buildSync({
    stdin: { contents, resolveDir: project },
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    minify,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });

const test = suite<{ files: string[] }>('package', { files: [] });

test.before((context) => {
  mkdirSync(project);
  // Without scripts: the pipeline has built dist/ already.
  const told = ok('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  // One entry, in a list or, from npm 12 on, under the package's name.
  const [packed] = Object.values(JSON.parse(told) as Record<string, { filename: string; files: { path: string }[] }>);
  context.files = packed!.files.map(({ path }) => path.replaceAll('\\', '/')).sort();
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'user', version: '1.0.0', private: true, type: 'module' }),
  );
  ok('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', join(folder, packed!.filename)]);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test('the packed package holds code, declarations, maps and sources, and nothing else', ({ files }) => {
  const strange = files.filter(
    (path) =>
      !/^(dist\/([\w-]+\/)*[\w-]+\.(c?js|c?js\.map|d\.ts|d\.ts\.map)|lib\/([\w-]+\/)*[\w-]+\.ts|package\.json|README\.md|LICENSE)$/.test(
        path,
      ),
  );
  assert.equal(strange, []);
  for (const path of ['package.json', 'README.md', 'LICENSE', 'dist/index.js'])
    assert.ok(files.includes(path), `${path} is missing`);
  // Each source has its four files and each of these its source: nothing forgotten, nothing left over.
  const sources = files.filter((path) => path.startsWith('lib/'));
  const wanted = sources.flatMap((path) =>
    ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((end) => path.replace('lib/', 'dist/').replace(/\.ts$/, end)),
  );
  const [forNode, perFile] = [true, false].map((is) =>
    files.filter((path) => path.startsWith('dist/') && path.startsWith('dist/node/') === is),
  );
  assert.equal(perFile, wanted.sort());
  // For Node the entries whole, and what they share, which is not nothing.
  const entries = [
    'command/index',
    'command/record',
    'debug/index',
    'distributed/exports',
    'distributed/index',
    'index',
    'instruments/index',
    'testing/index',
    'tracing/index',
    'workers/coroutines',
    'workers/exports',
    'workers/index',
  ].map((name) => `dist/node/${name}.js`);
  entries.push('dist/node/workers/entry.cjs');
  assert.equal(
    forNode!.filter((path) => !path.startsWith('dist/node/shared-')),
    entries.flatMap((path) => [path, `${path}.map`]).sort(),
  );
  for (const path of forNode!.filter((name) => /\.c?js$/.test(name))) {
    assert.ok(forNode!.includes(`${path}.map`), `${path} has a map`);
    const name = path.split('/').at(-1)!;
    if (name.startsWith('shared-'))
      assert.ok(
        forNode!.some((other) => other !== path && other.endsWith('.js') && read(other).includes(name)),
        `${path} is used`,
      );
  }
});

test('dist/ reads like the source: the same names for members, and the numbers of the hot path with theirs', ({
  files,
}) => {
  const code = (path: string) => read(path);
  const sources = files.filter((path) => path.startsWith('lib/'));
  // The members that the source names after a dot are named so in its file of dist/, and there are no others.
  const members = (text: string) => new Set(text.match(/(?<=\.)_\w+/g) ?? []);
  const known = new Set(sources.flatMap((path) => [...members(code(path))]));
  assert.ok(known.size > 50, `only ${known.size} found`);
  for (const path of files.filter((name) => /^dist\/.*\.js$/.test(name)))
    for (const member of members(code(path))) assert.ok(known.has(member), `${path}: ${member}`);
  // No step looks a number up in another module.
  const users = sources.filter((path) => /^import \{[^}]*\} from '[^']*\/modes\.ts';/m.test(code(path)));
  assert.ok(users.length > 5);
  for (const path of users) {
    const built = code(path.replace('lib/', 'dist/').replace(/\.ts$/, '.js'));
    assert.not.match(built, /modes/, path);
    assert.match(built, /\b\d+ \/\* [A-Z_]+ \*\//, path);
  }
});

test('every source map and declaration map finds its source', ({ files }) => {
  for (const path of files.filter((name) => name.endsWith('.map'))) {
    const { sources } = JSON.parse(read(path)) as { sources: string[] };
    for (const source of sources) {
      const found = join(path, '..', source).replaceAll('\\', '/');
      assert.ok(files.includes(found), `${path} points to ${found}`);
    }
  }
});

test('imports between its files name files that are there, or the host; only the parts for Node use it', ({
  files,
}) => {
  for (const path of files.filter((name) => /^dist\/.*(\.c?js|\.d\.ts)$/.test(name))) {
    const code = read(path).replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, specifier = ''] of code.matchAll(/(?:\bfrom |\bimport\(|^import )["']([^"']*)["']/gm)) {
      if (specifier.startsWith('node:'))
        assert.match(path, /^dist\/(workers|distributed|command|node)\//, `${path} imports ${specifier}`);
      // Files that are loaded one by one in a page need one line in an import map. Declarations need nothing.
      else if (specifier === '#host') assert.match(path, /^dist\/(?!node\/).*\.js$/, `${path} imports ${specifier}`);
      else {
        const found = posix.join(posix.dirname(path), specifier);
        assert.match(specifier, /^\..*\.js$/, `${path} imports ${specifier}`);
        assert.ok(files.includes(found), `${path} imports ${specifier}`);
      }
    }
  }
});

test('every export names files that are there, its types first', ({ files }) => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === 'string') {
      assert.ok(files.includes(entry.slice(2)), `${name}: ${entry}`);
      continue;
    }
    const isForNode = ['./workers', './distributed', './eslint'].includes(name);
    assert.equal(Object.keys(entry), isForNode ? ['types', 'node'] : ['types', 'node', 'default'], name);
    for (const path of Object.values(entry)) assert.ok(files.includes(path.slice(2)), `${name}: ${path}`);
  }
  for (const path of [manifest.main, manifest.types, ...Object.values(manifest.imports['#host']!)])
    assert.ok(files.includes(path.slice(2)), path);
});

test('the host is chosen by the conditions of whoever loads it, file by file, too', () => {
  writeFileSync(
    join(project, 'host.js'),
    `const { run, sleep } = await import('./node_modules/treadle/dist/index.js');
const before = process.listenerCount('beforeExit');
const task = run((function* () { yield* sleep(1); })());
console.log(process.listenerCount('beforeExit') > before ? 'node' : 'browser');
task.then(() => console.log('over'));
`,
  );
  assert.is(ok(process.execPath, ['host.js']), 'node\nover\n');
  assert.is(ok(process.execPath, ['--conditions=browser', 'host.js']), 'browser\nover\n');
  for (const [platform, host] of [
    ['browser', 'browser'],
    ['neutral', 'anywhere'],
    ['node', 'node'],
  ] as const) {
    const { metafile } = bundle(`export { run } from './node_modules/treadle/dist/index.js';`, false, platform);
    const hosts = Object.keys(metafile.inputs).map(
      (path) => /dist\/host\/(node|browser|anywhere)\.js$/.exec(path)?.[1],
    );
    // All of them may stand on the browser's.
    assert.is(hosts.find((name) => name !== undefined && name !== 'browser') ?? 'browser', host, platform);
  }
});

test('declarations name no internal member, but for private ones, which tell classes of the same shape apart', ({
  files,
}) => {
  const named = (text: string) =>
    [
      ...text
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .matchAll(/(?:^ +|[{;] *)(?:(?:readonly|protected|abstract|static|get|set) )*(_\w+)/gm),
    ].map(([, name]) => name);
  const sample =
    'class A {\n    /** _a */\n    private _b;\n    c(_d: { readonly _e: 1 }): 2;\n    protected get _f(): 3;\n}';
  assert.equal(named(sample), ['_e', '_f']);
  const declarations = files.filter((path) => path.endsWith('.d.ts'));
  assert.ok(declarations.length > 30);
  const found = declarations.flatMap((path) =>
    named(readFileSync(join(root, path), 'utf8')).map((name) => `${path}: ${name}`),
  );
  assert.equal(found, []);
});

test('it installs alone: no other package comes with it', () => {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: object };
  assert.equal(Object.keys(packages), ['', 'node_modules/treadle']);
});

test('what knows no exports finds the same files: TypeScript with node10, and bundlers that look for main', () => {
  const entry = (name: string) => manifest.exports[name] as { types: string; node: string };
  assert.is(manifest.main, entry('.').node);
  assert.is(manifest.types, entry('.').types);
  const parts = Object.keys(manifest.exports).filter((name) => name !== '.' && name !== './package.json');
  assert.equal(manifest.typesVersions, {
    '*': Object.fromEntries(parts.map((name) => [name.slice(2), [entry(name).types]])),
  });
});

test('a strict program type-checks against it, as Node and as bundlers resolve it', () => {
  writeFileSync(
    join(project, 'program.ts'),
    `import { run, runSync, sleep, spawn, join, type Task } from 'treadle';
${Object.keys(manifest.exports)
  .filter((name) => /^\.\/\w+$/.test(name))
  .map((name) => `import * as ${name.slice(2)} from 'treadle/${name.slice(2)}';\nexport { ${name.slice(2)} };`)
  .join('\n')}
export const dispose = (pool: workers.Pool): Promise<void> => pool[Symbol.asyncDispose]();

function* child(n: number) {
  yield* sleep(1);
  return n * 2;
}

function* main() {
  const task: Task<number> = yield* spawn(child(21), { name: 'child' });
  const result: number = yield* join(task);
  // @ts-expect-error: the result is a number. If the types were lost (any), this line would be the error.
  const wrong: string = yield* join(task);
  return [result, typeof wrong] as const;
}

console.log(JSON.stringify(runSync(main())));
run(main()).then((result: readonly [number, string]) => console.log(JSON.stringify(result)));
`,
  );
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module,
          moduleResolution,
          target: 'es2022',
          lib: ['ES2022', 'DOM'],
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          // Our declarations are checked. TypeScript's own, which take three times as long, are not.
          skipLibCheck: false,
          skipDefaultLibCheck: true,
          outDir: 'out',
          rootDir: '.',
        },
        files: ['program.ts'],
      }),
    );
    ok(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', '.']);
  }
});

test('that program runs', () => {
  assert.is(ok(process.execPath, [join('out', 'program.js')]), '[42,"number"]\n[42,"number"]\n');
});

test('in Node, too, all entry points share one copy of the classes', () => {
  // An effect of another copy cannot be yielded, and a clock of another one would wait an hour.
  writeFileSync(
    join(project, 'shared.js'),
    `import { run, sleep } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { Pool } from 'treadle/workers';
run((function* () {
  yield* sleep(3_600_000);
  yield* new Pool({ kind: 'thread', workers: 1 }).close();
  console.log('closed');
})(), { clock: new VirtualClock() });
`,
  );
  assert.is(ok(process.execPath, ['shared.js']), 'closed\n');
});

test('both entry points share one copy of the classes', () => {
  const { metafile } = bundle("export * from 'treadle'; export * as testing from 'treadle/testing';", false);
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes('treadle/dist/'));
  const sources = new Set(inputs.map((path) => path.split('treadle/dist/')[1]));
  assert.is(inputs.length, sources.size);
  assert.is(inputs.filter((path) => path.endsWith('/errors.js')).length, 1);
});

/** All entries but those for Node only, as a page uses them. */
const forPages = Object.keys(manifest.exports)
  .filter((name) => !/workers|distributed|eslint|json/.test(name))
  .map((name, i) => `export * as part${i} from 'treadle${name.slice(1)}';`)
  .join('\n');

test('it bundles for the browser with nothing of Node in it', () => {
  const code = bundle(forPages, false).outputFiles[0]!.text;
  assert.not.match(code, /\b(from|import)\b\s*\(?\s*["']node:/);
  assert.not.match(code, /\brequire\s*\(/);
  assert.not.match(code, /beforeExit|TREADLE_DEBUG|setImmediate/);
});

test('it runs where nothing of Node is, also from a bundle that was made for no platform', () => {
  // In a page `process` and the like may be asked for only by way of globalThis or after typeof. Node 24 loads its own
  // `fetch` for the first message event, and for that it needs them.
  const page =
    "await fetch('data:,'); for (const name of ['process', 'Buffer', 'setImmediate', 'clearImmediate', 'global']) delete globalThis[name];";
  for (const platform of ['browser', 'neutral'] as const) {
    writeFileSync(join(project, 'page.js'), bundle(forPages, false, platform).outputFiles[0]!.contents);
    writeFileSync(
      join(project, 'browser.js'),
      `${page}
const { part0: { run, sleep, yieldNow } } = await import('./page.js');
run((function* () {
  yield* sleep(5);
  for (const end = performance.now() + 5; performance.now() < end; ) yield* yieldNow(); // longer than a slice
  return 'page';
})(), { debug: true }).then(console.log);
`,
    );
    assert.is(ok(process.execPath, ['browser.js']), 'page\n');
  }
});

test('a bundle that was made for no platform is one file, and in Node it has turns of the host and tells deadlocks', () => {
  const { outputFiles } = bundle(
    `import { run, suspend, yieldNow } from 'treadle';
let immediates = 0;
const { setImmediate } = globalThis;
globalThis.setImmediate = (callback) => (immediates++, setImmediate(callback));
run((function* () {
  for (const end = performance.now() + 20_000; immediates === 0 && performance.now() < end; ) yield* yieldNow();
  console.log(immediates > 0);
  yield* suspend(() => {});
})(), { name: 'deaf' }).then(undefined, (error) => console.log(error.name, /deaf/.test(error.message)));`,
    false,
    'neutral',
  );
  const { contents, text } = outputFiles[0]!;
  assert.not.match(text, /\bimport\(|TREADLE_DEBUG/);
  writeFileSync(join(project, 'anywhere.js'), contents);
  assert.is(ok(process.execPath, ['anywhere.js']), 'true\nDeadlockError true\n');
});

test('workers run from it, threads and processes, with functions of a module of the user', () => {
  writeFileSync(
    join(project, 'jobs.js'),
    "import { coroutine, sleep } from 'treadle';\nimport { inWorker } from 'treadle/workers';\nexport const square = coroutine('square', function* (x) { yield* sleep(1); return [x * x, inWorker()]; });\nexport const fail = () => { throw new RangeError('no'); };\nexport const exit = () => process.exit(3);\n",
  );
  writeFileSync(
    join(project, 'workers.js'),
    `import { run } from 'treadle';
import { processes, runIn, threads, WorkerDiedError } from 'treadle/workers';
const jobs = new URL('./jobs.js', import.meta.url);
for (const executor of [threads({ workers: 1 }), processes({ workers: 1 })]) {
  await run((function* () {
    console.log(executor.kind, yield* executor.map(jobs, 'square', [2, 3]));
    for (const name of ['fail', 'exit']) {
      try { yield* runIn(executor, jobs, name); } catch (error) { console.log(error instanceof RangeError, error instanceof WorkerDiedError); }
    }
  })());
}
`,
  );
  const said = '[ [ 4, true ], [ 9, true ] ]\ntrue false\nfalse true\n';
  assert.is(ok(process.execPath, ['workers.js']), `thread ${said}process ${said}`);
});

test('a module that was bundled with a copy of it knows that it runs in a worker, and what its call is', () => {
  const { outputFiles } = bundle(
    `import { inWorker, progress, transfer, workerSignal } from 'treadle/workers';
export const ask = () => (progress('half'), transfer([inWorker(), workerSignal().aborted, new Uint8Array(1)], []));`,
    false,
    'node',
  );
  writeFileSync(join(project, 'bundled.js'), outputFiles[0]!.contents);
  writeFileSync(
    join(project, 'asks.js'),
    `import { run } from 'treadle';
import { threads } from 'treadle/workers';
const call = threads({ workers: 1 }).apply(new URL('./bundled.js', import.meta.url), 'ask', [], { onProgress: (value) => console.log(value) });
run(call).then(console.log);
`,
  );
  assert.is(ok(process.execPath, ['asks.js']), 'half\n[ true, false, Uint8Array(1) [ 0 ] ]\n');
});

test('workers are for Node: a bundle for browsers that wants them fails', () => {
  assert.throws(() => bundle("export * from 'treadle/workers';", false), /Could not resolve "treadle\/workers"/);
});

test('importing it does nothing: no output, no listener, no global, nothing that keeps a process alive', () => {
  const parts = Object.keys(manifest.exports)
    .filter((name) => name !== './package.json')
    .map((name) => `treadle${name.slice(1)}`);
  writeFileSync(
    join(project, 'import.js'),
    `void [process.stdout, process.stderr]; // node:util opens them
const state = () => JSON.stringify([process.eventNames().map((name) => [String(name), process.listenerCount(name)]), Reflect.ownKeys(globalThis).map(String), process.getActiveResourcesInfo()]);
const before = state();
for (const part of ${JSON.stringify(parts)}) await import(part);
process.exitCode = state() === before ? 0 : 1;
if (process.exitCode) console.error(before + '\\n' + state());
`,
  );
  assert.is(ok(process.execPath, ['import.js']), '');
});

for (const { name, program, limit } of budgets) {
  test(`${name}: at most ${limit} bytes in a browser`, () => {
    const { outputFiles, metafile } = bundle(program, true);
    const size = brotliCompressSync(outputFiles[0]!.contents).length;
    console.log(`\nnote: ${name}: ${size} bytes of brotli, ${outputFiles[0]!.contents.length} minified`);
    const parts = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
      .map(([path, { bytesInOutput }]) => `${String(bytesInOutput).padStart(8)}  ${path.split('/dist/')[1] ?? path}`)
      .filter((line) => !/^\s*0 /.test(line))
      .sort()
      .reverse();
    assert.ok(size <= limit, `${size} bytes:\n${parts.join('\n')}`);
    assert.not.match(parts.join('\n'), /debug\/index/);
  });
}

/** A program that forgets a `yield*` in line 4, keeps a queue that it made, and says what it was warned of. */
const forgetful = (treadle: string, debug = '') => `import { Queue, run, sleep, spawn } from '${treadle}';
${debug && `import '${debug}';`}
function* main() {
  sleep(7);
  new Queue();
  yield* sleep(1);
}
run(main(), { debug: (warning) => warning.startsWith('a step') || console.log(warning) }); // a busy machine makes steps slow
`;

test('README.md says these limits', () => {
  const text = read('README.md');
  assert.equal(
    budgets.map(({ limit }) => limit.toLocaleString('en-US')).filter((number) => !text.includes(number)),
    [],
  );
});

test('debug mode names the line of the program, whatever form of the package runs, with source maps or without', () => {
  const dist = './node_modules/treadle/dist';
  for (const [name, treadle, debug] of [
    ['node.js', 'treadle', 'treadle/debug'],
    ['files.js', `${dist}/index.js`, `${dist}/debug/index.js`],
  ] as const) {
    writeFileSync(join(project, name), forgetful(treadle, debug));
    const line = new RegExp(`^sleep\\(7\\) was made and never yielded, at \\S*project/${name}:4:3\n$`);
    assert.match(ok(process.execPath, [name]).replaceAll('\\', '/'), line);
    assert.match(ok(process.execPath, ['--enable-source-maps', name]).replaceAll('\\', '/'), line);
  }
});

test('debug mode works within a bundle, where the files of the engine and of the program are one', () => {
  for (const [platform, minify] of [
    ['node', false],
    ['browser', true],
  ] as const) {
    const { outputFiles } = bundle(forgetful('treadle', 'treadle/debug'), minify, platform);
    writeFileSync(join(project, 'bundle.js'), outputFiles[0]!.contents);
    const said = ok(process.execPath, ['bundle.js']);
    const [, line, column] = /^sleep\(7\) was made and never yielded, at \S*bundle\.js:(\d+):(\d+)\n$/.exec(said) ?? [];
    const there = outputFiles[0]!.text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1);
    assert.match(there ?? '', /^\w+\(7\)[;,]/, said);
  }
});

test('a recorder works in a bundle: what makes the option `instruments` work comes with it', () => {
  const program = `
    import { runSync, sleep } from 'treadle';
    import { Recorder, toText } from 'treadle/tracing';
    const recorder = new Recorder();
    runSync(sleep(5), { instruments: [recorder] });
    console.log(toText(recorder.recording()));`;
  for (const platform of ['browser', 'node'] as const) {
    const { outputFiles } = bundle(program, true, platform);
    writeFileSync(join(project, 'recorded.mjs'), outputFiles[0]!.contents);
    assert.match(ok(process.execPath, ['recorded.mjs']), /^main ·+✓$/m, platform);
  }
  // Who only draws a recording that was read from a file has no engine in the bundle.
  const { metafile } = bundle("export { readRecording, toSvg } from 'treadle/tracing';", true);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  assert.not.ok(inputs.some((path) => /instruments|scheduler|recorder\.js/.test(path)), inputs.join(' ')); // prettier-ignore
});

test('Node switches debug mode on from outside: --import treadle/debug, TREADLE_DEBUG=1, in a bundle too', () => {
  writeFileSync(join(project, 'plain.js'), forgetful('treadle').replace(/, \{ debug.* \}/, ''));
  writeFileSync(
    join(project, 'plain-bundle.js'),
    bundle(readFileSync(join(project, 'plain.js'), 'utf8'), false, 'node').outputFiles[0]!.contents,
  );
  const told = (args: string[], value = '') => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, TREADLE_DEBUG: value },
    });
    assert.is(status, 0, stderr);
    return `${stdout}${stderr}`
      .replace(/^treadle: a step.*\n(?: {6}at .*\n)*/gm, '')
      .replace(/ \S*(?=\/[^/]*:\d+:\d+$)/gm, ' ');
  };
  const warning = 'treadle: sleep(7) was made and never yielded, at /plain.js:4:3\n';
  assert.is(told(['plain.js']), '');
  assert.is(told(['--import', 'treadle/debug', 'plain.js']), warning);
  assert.is(told(['plain.js'], '1'), warning);
  assert.match(told(['plain-bundle.js'], '1'), /^treadle: sleep\(7\) .*, at \/plain-bundle\.js:\d+:3\n$/);
});

test('TREADLE_DEBUG=1 comes too late for runSync, and --import treadle/debug does not', () => {
  writeFileSync(
    join(project, 'sync.js'),
    forgetful('treadle')
      .replace(/run\b/g, 'runSync')
      .replace(/, \{ debug.* \}/, ''),
  );
  const told = (args: string[], value = '') =>
    spawnSync(process.execPath, [...args, 'sync.js'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, TREADLE_DEBUG: value },
    }).stderr;
  assert.match(
    told([], '1'),
    /^treadle: debug mode is loaded asynchronously, and a program that runs at once cannot wait for it/,
  );
  assert.match(told(['--import', 'treadle/debug']), /^treadle: sleep\(7\) was made and never yielded, at /m);
});

test('its command looks into a program that uses it, and says the lines of that program', async () => {
  writeFileSync(
    join(project, 'waits.js'),
    `import { Queue, run, sleep, spawn, timeout } from 'treadle';
function* worker(jobs) {
  yield* timeout(60_000, jobs.get()); // line 3
}
run((function* program() {
  yield* spawn(worker(new Queue(1, { name: 'jobs' })), { name: 'worker' });
  yield* sleep(60_000); // line 7
})());
setTimeout(() => console.log('ready'), 20);
`,
  );
  const port = await freePort();
  const child = spawn(process.execPath, [`--inspect-port=${port}`, 'waits.js'], {
    cwd: project,
    env: { ...process.env, NODE_V8_COVERAGE: undefined },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const command = join(project, 'node_modules', '.bin', 'treadle');
    const out = ok(process.execPath, [realpathSync(command), 'ps', String(child.pid)]);
    assert.is(
      out.replace(/\d+(\.\d+)? m?s\b/g, 'T').replace(/:\d+(?=\)$)/gm, ''),
      `loop 1: 2 tasks, T old
#1 main waiting on sleep(60000), for T
    at program (waits.js:7)
  #2 worker waiting on jobs.get()
      at worker (waits.js:3)
`,
    );
  } finally {
    child.kill('SIGKILL');
  }
  const { version } = manifest;
  assert.is(
    ok(process.execPath, [join(project, 'node_modules/treadle/dist/node/command/index.js'), '-v']),
    `${version}\n`,
  );
});

test('debug mode is no part of a program that does not import it', () => {
  writeFileSync(join(project, 'without.js'), forgetful('treadle'));
  const { status, stderr } = spawnSync(process.execPath, ['without.js'], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, TREADLE_DEBUG: '' },
  });
  assert.is(status, 1);
  assert.match(stderr, "TypeError: the option debug needs debug mode: import 'treadle/debug' first");
});

test.run();
