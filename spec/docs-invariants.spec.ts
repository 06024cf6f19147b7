// What the documents name must be there: the specs that docs/architecture.md cites for its invariants, by
// file and sentence, the files that are named, and every file of lib/ in README's map of the source.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const documents = ['README.md', 'docs/architecture.md', 'docs/semantics.md', 'docs/asyncio.md'];

/** `spec/FILE.spec.ts` "sentence" */
const citations = [...read('docs/architecture.md').matchAll(/`(spec\/[\w./-]+\.spec\.ts)` "([^"]+)"/g)].map(([, path = '', sentence = '']) => ({ path, sentence }));

const named = suite('what documents name');

named('the invariants cite specs', () => {
  const rows = read('docs/architecture.md').split('## Invariants')[1]!.split('\n').filter((line) => line.startsWith('| ') && !/^\| invariant/.test(line));
  assert.ok(rows.length > 10, `only ${rows.length} invariants`);
  assert.equal(rows.filter((row) => !/`spec\/[\w./-]+\.spec\.ts` "/.test(row)), [], 'invariants that nothing holds');
});

named('every spec that an invariant cites exists, with that sentence as the name of a test', () => {
  const missing = citations.filter(({ path, sentence }) => !existsSync(join(root, path)) || !read(path).includes(`('${sentence}', `));
  assert.equal(missing.map(({ path, sentence }) => `${path}: ${sentence}`), []);
});

named('every file that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    [...read(document).matchAll(/\b((?:lib|spec|docs|demos)\/[\w./-]*\w\.(?:ts|md))\b/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document}: ${path}`),
  );
  assert.equal(missing, []);
});

named("README's map of the source names every file of lib/", () => {
  const map = read('README.md').split('## The source')[1]!.split('\n## ')[0]!;
  const files = (readdirSync(join(root, 'lib'), { recursive: true }) as string[]).filter((path) => path.endsWith('.ts'));
  const missing = files.filter((path) => !map.includes(`\`${path.replaceAll('\\', '/').split('/').at(-1)!.replace('.ts', '')}\``) && !new RegExp(`[/\`]${path.replaceAll('\\', '/').split('/').at(-1)}\``).test(map));
  assert.equal(missing, []);
});

named("README's list of demos is that of `node demos`", () => {
  const listed = [...read('README.md').split('## Demos')[1]!.split('\n## ')[0]!.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(([, name, summary]) => `${name}: ${summary}`);
  const demos = readdirSync(join(root, 'demos')).flatMap((entry) => {
    const path = entry.endsWith('.ts') ? `demos/${entry}` : `demos/${entry}/index.ts`;
    const summary = existsSync(join(root, path)) ? /^export const summary\s*=\s*(["'`])(.*?)\1;?$/m.exec(read(path))?.[2] : undefined;
    return summary === undefined ? [] : [`${entry.replace('.ts', '')}: ${summary}`];
  });
  assert.equal([...listed].sort(), demos.sort());
});

named.run();
