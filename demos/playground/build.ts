// Builds the playground: ONE file of HTML, with its script, its style, the examples and the book within. It asks for
// nothing when it is opened. The engine in it is the one that is shipped, dist/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { call, coroutine, fromPromise } from 'treadle';
import { chapters } from './build-book.ts';
import { lean } from './build-lean.ts';
import type { Example } from './examples/example.ts';
import { examples } from './examples/list.ts';
import { here, root } from './where.ts';

/** What is built, as a path from the root. */
export const PAGE = 'dist/playground.html';

export interface Built {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes, compressed by gzip. */
  readonly packed: number;
  /** The same of a page that has no book: neither the text nor the programs of the chapters. */
  readonly packedWithoutBook: number;
}

/** Builds the page, and says how large it is. */
export const buildPage = coroutine('buildPage', function* (path: string = join(root, PAGE)) {
  const [program, style, template] = [
    yield* bundled(join(here, 'page/main.ts')),
    yield* bundled(join(here, 'page/style.css')),
    readFileSync(join(here, 'page/page.html'), 'utf8'),
  ];
  const book = yield* chapters(root);
  const all = examples();
  const pageWith = (text: string, list: readonly Example[]): string =>
    filled(template, {
      style,
      program: inScript(program),
      examples: inScript(JSON.stringify(list)),
      chapters: text,
    });
  const page = pageWith(book, all);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, page);
  const packed = (text: string): number => gzipSync(text, { level: 9 }).length;
  return {
    path,
    size: Buffer.byteLength(page),
    packed: packed(page),
    packedWithoutBook: packed(
      pageWith(
        '',
        all.filter(({ from }) => from !== 'book'),
      ),
    ),
  } satisfies Built;
});

/** Puts the parts where the template names them: `/*{style}*\/` or `<!--{chapters}-->`. */
function filled(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/\/\*\{(\w+)\}\*\/|<!--\{(\w+)\}-->/g, (whole, one: string, other: string) => {
    const part = parts[one ?? other];
    if (part === undefined) throw new Error(`page.html names ${whole}, which there is not`);
    return part;
  });
}

/** Within a script, neither its end nor a comment of HTML may begin. */
const inScript = (code: string): string => code.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');

const bundled = coroutine('bundled', function* (entry: string) {
  const { outputFiles } = yield* call(
    fromPromise(
      build({
        entryPoints: [entry],
        absWorkingDir: root,
        bundle: true,
        write: false,
        minify: true,
        format: 'iife',
        platform: 'browser',
        target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
        legalComments: 'none',
        charset: 'utf8',
        logLevel: 'silent',
        tsconfigRaw: {
          compilerOptions: { verbatimModuleSyntax: true, target: 'es2022', useDefineForClassFields: false },
        },
        plugins: [shippedEngine, lean],
      }),
    ),
  );
  return outputFiles[0]!.text.trimEnd();
});

/** 'treadle' is the package as a browser gets it. */
const shippedEngine: Plugin = {
  name: 'treadle',
  setup({ onResolve }) {
    onResolve({ filter: /^treadle(\/|$)/ }, ({ path }) => ({
      path: join(root, 'dist', path.slice('treadle'.length), 'index.js'),
    }));
    onResolve({ filter: /^#host$/ }, () => ({ path: join(root, 'dist/host/browser.js') }));
  },
};
