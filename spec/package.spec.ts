// What a user gets: the packed package, installed into an empty project, type-checked, run, bundled.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  exports: Record<string, string | { types: string; default?: string; node?: string }>;
};

/** The least that a program needs, and what it may weigh. */
const core = { program: "export { run, spawn, sleep, join } from 'treadle';", limit: 4_000 };

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

const bundle = (contents: string, minify: boolean) =>
  buildSync({
    stdin: { contents, resolveDir: project },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });

const tried = suite<{ files: string[] }>('package', { files: [] });

tried.before((context) => {
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

tried.after(() => rmSync(folder, { recursive: true, force: true }));

tried('the packed package holds code, declarations, maps and sources, and nothing else', ({ files }) => {
  const strange = files.filter(
    (path) =>
      !/^(dist\/([\w-]+\/)*[\w-]+\.(js|js\.map|d\.ts|d\.ts\.map)|lib\/([\w-]+\/)*[\w-]+\.ts|package\.json|README\.md|LICENSE)$/.test(
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
  const entries = ['index', 'testing/index', 'workers/entry', 'workers/index'].flatMap((name) => [
    `dist/node/${name}.js`,
    `dist/node/${name}.js.map`,
  ]);
  assert.equal(
    forNode!.filter((path) => !path.startsWith('dist/node/shared-')),
    entries.sort(),
  );
  for (const path of forNode!.filter((name) => name.endsWith('.js'))) {
    assert.ok(forNode!.includes(`${path}.map`), `${path} has a map`);
    const name = path.split('/').at(-1)!;
    if (name.startsWith('shared-'))
      assert.ok(
        forNode!.some(
          (other) => other !== path && other.endsWith('.js') && readFileSync(join(root, other), 'utf8').includes(name),
        ),
        `${path} is used`,
      );
  }
});

tried(
  'dist/ reads like the source: the same names for members, and the numbers of the hot path with theirs',
  ({ files }) => {
    const code = (path: string) => readFileSync(join(root, path), 'utf8');
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
      assert.match(built, /\b\d+ \/\* [A-Z]+ \*\//, path);
    }
  },
);

tried('every source map and declaration map finds its source', ({ files }) => {
  for (const path of files.filter((name) => name.endsWith('.map'))) {
    const { sources } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { sources: string[] };
    for (const source of sources) {
      const found = join(path, '..', source).replaceAll('\\', '/');
      assert.ok(files.includes(found), `${path} points to ${found}`);
    }
  }
});

tried('imports between its files name files that are there', ({ files }) => {
  for (const path of files.filter((name) => /^dist\/.*(\.js|\.d\.ts)$/.test(name))) {
    const code = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, specifier = ''] of code.matchAll(/(?:\bfrom |\bimport\(|^import )["'](\.[^"']*)["']/gm)) {
      const found = posix.join(posix.dirname(path), specifier);
      assert.match(specifier, /\.js$/, `${path} imports ${specifier}`);
      assert.ok(files.includes(found), `${path} imports ${specifier}`);
    }
  }
});

tried('every export names files that are there, its types first', ({ files }) => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === 'string') {
      assert.ok(files.includes(entry.slice(2)), `${name}: ${entry}`);
      continue;
    }
    assert.equal(Object.keys(entry), name === './workers' ? ['types', 'node'] : ['types', 'node', 'default'], name);
    for (const path of Object.values(entry)) assert.ok(files.includes(path.slice(2)), `${name}: ${path}`);
  }
});

tried('it installs alone: no other package comes with it', () => {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: object };
  assert.equal(Object.keys(packages), ['', 'node_modules/treadle']);
});

tried('a strict program type-checks against it, as Node and as bundlers resolve it', () => {
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
          skipLibCheck: false,
          outDir: 'out',
          rootDir: '.',
        },
        files: ['program.ts'],
      }),
    );
    ok(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', '.']);
  }
});

tried('that program runs', () => {
  assert.is(ok(process.execPath, [join('out', 'program.js')]), '[42,"number"]\n[42,"number"]\n');
});

tried('in Node, too, all entry points share one copy of the classes', () => {
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

tried('both entry points share one copy of the classes', () => {
  const { metafile } = bundle("export * from 'treadle'; export * as testing from 'treadle/testing';", false);
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes('treadle/dist/'));
  const sources = new Set(inputs.map((path) => path.split('treadle/dist/')[1]));
  assert.is(inputs.length, sources.size);
  assert.is(inputs.filter((path) => path.endsWith('/errors.js')).length, 1);
});

tried('it bundles for the browser with nothing of Node in it', () => {
  const browser = Object.keys(manifest.exports).filter(
    (name) => name === '.' || name === './testing' || name === './tracing',
  );
  const { outputFiles } = bundle(
    browser.map((name, i) => `export * as part${i} from 'treadle${name.slice(1)}';`).join('\n'),
    false,
  );
  const code = outputFiles[0]!.text;
  assert.not.match(code, /["']node:/);
  assert.not.match(code, /\brequire\s*\(/);
  // In a page `process` and the like may be asked for only by way of globalThis or after typeof: importing
  // it where they are missing must do.
  const page =
    "for (const name of ['process', 'Buffer', 'setImmediate', 'clearImmediate', 'global']) delete globalThis[name];";
  writeFileSync(join(project, 'page.js'), code);
  writeFileSync(
    join(project, 'browser.js'),
    `${page}\nconst { part0: { runSync, sleep } } = await import('./page.js');\nconsole.log(runSync((function* () { yield* sleep(5); return 'page' })()));\n`,
  );
  assert.is(ok(process.execPath, ['browser.js']), 'page\n');
});

tried('workers run from it, threads and processes, with functions of a module of the user', () => {
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

tried('workers are for Node: a bundle for browsers that wants them fails', () => {
  assert.throws(() => bundle("export * from 'treadle/workers';", false), /Could not resolve "treadle\/workers"/);
});

tried('importing it does nothing: no output, no listener, no global, nothing that keeps a process alive', () => {
  const parts = Object.keys(manifest.exports)
    .filter((name) => name !== './package.json')
    .map((name) => `treadle${name.slice(1)}`);
  writeFileSync(
    join(project, 'import.js'),
    `const state = () => JSON.stringify([process.eventNames().map((name) => [String(name), process.listenerCount(name)]), Reflect.ownKeys(globalThis).map(String), process.getActiveResourcesInfo()]);
const before = state();
for (const part of ${JSON.stringify(parts)}) await import(part);
process.exitCode = state() === before ? 0 : 1;
if (process.exitCode) console.error(before + '\\n' + state());
`,
  );
  assert.is(ok(process.execPath, ['import.js']), '');
});

tried(`run, spawn, sleep and join weigh at most ${core.limit} bytes`, () => {
  const { outputFiles, metafile } = bundle(core.program, true);
  const size = brotliCompressSync(outputFiles[0]!.contents).length;
  console.log(
    `\nnote: run + spawn + sleep + join: ${size} bytes of brotli, ${outputFiles[0]!.contents.length} minified`,
  );
  const whole = bundle("export * from 'treadle';", true).outputFiles[0]!.contents;
  console.log(`note: everything: ${brotliCompressSync(whole).length} bytes of brotli, ${whole.length} minified`);
  const parts = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
    .map(([path, { bytesInOutput }]) => `${String(bytesInOutput).padStart(8)}  ${path.split('/dist/')[1] ?? path}`)
    .filter((line) => !/^\s*0 /.test(line))
    .sort()
    .reverse();
  assert.ok(size <= core.limit, `${size} bytes:\n${parts.join('\n')}`);
});

tried.run();
