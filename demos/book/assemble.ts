// Puts a program of the book and an engine together into one file that Node runs as it is. The programs import
// './engine.ts'; which engine that is, is decided here: that of their own chapter, that of a later one, or treadle
// itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildFailure, BuildOptions, Plugin } from 'esbuild';
import { call, fromPromise } from 'treadle';

/** The folder that holds package.json. Specs run as the plain JavaScript in a folder of it, .cache/plain/. */
export const root = fileURLToPath(new URL(import.meta.url.replace(/(\.cache\/plain\/)?demos\/book\/[^/]*$/, '')));

/** The engine that needs no chapter: the sources of treadle. */
export const TREADLE = 'lib/index.ts';

export interface Parts {
  /** The path of the program from the root, or of a file of the reader's. */
  readonly entry: string;
  /** What './engine.ts' and 'treadle' mean in it: the path of a source, from the root. */
  readonly engine: string;
  /** A line of the engine that is left out, to see what it is good for. Of treadle, it is a line of its kernel. */
  readonly without?: string | undefined;
  /** For recordings: the generators of the book's programs have names (pictures/record.ts). */
  readonly named?: boolean | undefined;
  /** The text of the entry, when it is no file. */
  readonly text?: string | undefined;
}

/** What is wrong with a program that cannot be put together, in one line. */
export class AssemblyError extends Error {
  override name = 'AssemblyError';
}

let count = 0;

/** Gives the path of the assembled program. Throws an `AssemblyError` for what cannot be parsed or found. */
export function* assemble({ entry, engine, without, named, text }: Parts) {
  const entryOf: BuildOptions =
    text === undefined ? { entryPoints: [entry] } : { stdin: { contents: text, resolveDir: root, loader: 'ts' } };
  const options: BuildOptions & { write: false } = {
    ...entryOf,
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2022', useDefineForClassFields: false } },
    plugins: [withEngine(join(root, engine), without), ...(named ? [withNames] : [])],
  };
  let built;
  try {
    built = yield* call(fromPromise(build(options)));
  } catch (error) {
    throw new AssemblyError(complaintOf(error as BuildFailure));
  }
  const folder = join(root, '.cache', 'book');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${process.pid}-${++count}.mjs`);
  writeFileSync(path, built.outputFiles[0]!.text);
  return path;
}

function withEngine(engine: string, without: string | undefined): Plugin {
  return {
    name: 'engine',
    setup({ onResolve, onLoad, onEnd }) {
      onResolve({ filter: /^(\.\/engine\.ts|treadle)$/ }, () => ({ path: engine }));
      onResolve({ filter: /^#host$/ }, () => ({ path: join(root, 'lib/host/node.ts') }));
      // treadle/testing and the other entries belong to treadle itself.
      onResolve({ filter: /^treadle\/\w+$/ }, ({ path }) =>
        engine === join(root, TREADLE) ?
          { path: join(root, 'lib', path.slice('treadle/'.length), 'index.ts') }
        : { errors: [{ text: `${path} needs treadle itself, and not an engine of the book` }] },
      );
      // package.json says of the files in dist/ which ones do something when they are imported, and not of the sources.
      onResolve({ filter: /instruments\/attach\.ts$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path),
        sideEffects: true,
      }));
      if (without === undefined) return;
      let found = 0;
      onLoad({ filter: /[\\/](engine|lib[\\/](kernel|loop)[\\/][\w-]+)\.ts$/ }, ({ path }) => {
        const lines = readFileSync(path, 'utf8').split('\n');
        found += lines.filter((line) => line.trim() === without).length;
        return { contents: lines.map((line) => (line.trim() === without ? '' : line)).join('\n'), loader: 'ts' };
      });
      onEnd(() => {
        if (found === 1) return {};
        return { errors: [{ text: `${found} lines of the engine are \`${without}\`` }] };
      });
    },
  };
}

/**
 * In front of each program stands, for each of its generator functions: `player = named('player', player)`. The
 * language lets a declared function be replaced, and has it declared before the first line is run.
 */
const withNames: Plugin = {
  name: 'names',
  setup({ onLoad }) {
    onLoad({ filter: /docs[\\/]book[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const names = [...text.matchAll(/^(?:export )?function\* (\w+)/gm)].map(([, name]) => name);
      const wraps = names.map((name) => `${name} = named('${name}', ${name});`).join(' ');
      const record = JSON.stringify(join(root, 'demos/book/pictures/record.ts'));
      return { contents: `import { named } from ${record}; ${wraps}\n${text}`, loader: 'ts' };
    });
  },
};

function complaintOf(failure: BuildFailure): string {
  const [first] = failure.errors;
  if (!first) return failure.message;
  const { location, text } = first;
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
