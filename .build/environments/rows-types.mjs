// TypeScript, in each way of resolving modules. The declarations themselves are checked, too (skipLibCheck is off), but
// not those of the language and of browsers, which would take three times as long.
import { typed } from './programs.mjs';

const all = [
  'treadle/testing',
  'treadle/tracing',
  'treadle/debug',
  'treadle/instruments',
  'treadle/workers',
  'treadle/distributed',
  'treadle/eslint',
];

/** `file`: a CommonJS module needs TypeScript to know that Node can `require` an ES module. */
export const modes = {
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node10: { module: 'esnext', moduleResolution: 'node10' },
  'node16 from CommonJS': { module: 'node16', file: 'main.cts' },
  'nodenext from CommonJS': { module: 'nodenext', file: 'main.cts' },
};

/** Type-checks a program that uses every entry. */
export async function typeChecks(project, mode, tsc = project.program('typescript/bin/tsc')) {
  const { file = 'main.ts', ...options } = modes[mode];
  project.write(file, typed(all));
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['ES2022', 'DOM'],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        skipDefaultLibCheck: true,
        noEmit: true,
        ...options,
      },
      files: [file],
    }),
  );
  await project.ok(process.execPath, [tsc, '--pretty', 'false', '-p', '.']);
  return 'all entries, declarations checked';
}

const versions = ['5.2.2', '5.9.3', '7.0.2'];
/** What TypeScript says there, and whose limit it is. */
const removed = { error: /TS510[78]|TS6046/, why: 'TypeScript 7 has no node10 any more' };
const commonJs = {
  error: /TS1479/,
  why: 'before 5.8, TypeScript does not know that Node can `require` an ES module; `import()` works',
};
const never = {
  error: /TS1479/,
  why: 'node16 is Node 16, where no ES module can be required; `nodenext`, or `import()`',
};

/** What cannot work. */
function limitOf(version, mode) {
  if (mode === 'node10' && version.startsWith('7')) return removed;
  if (mode === 'node16 from CommonJS') return never;
  if (mode === 'nodenext from CommonJS' && version === '5.2.2') return commonJs;
  return undefined;
}

export const rows = versions.flatMap((version) =>
  Object.keys(modes).map((mode) => ({
    name: `TypeScript, ${mode}`,
    version,
    packages: { typescript: version },
    limit: limitOf(version, mode),
    check: (project) => typeChecks(project, mode),
  })),
);
