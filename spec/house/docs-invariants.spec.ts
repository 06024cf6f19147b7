// What the documents name must be there: the specs that docs/architecture.md cites for its invariants, by
// file and sentence, the files that are named, and every file of lib/ in README's map of the source. And what
// is there must be named: each demo in README.md and in docs/zh/README.md, which says the same in Chinese.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const documents = ['README.md', 'docs/architecture.md', 'docs/semantics.md', 'docs/asyncio.md', 'docs/zh/README.md'];

/** `spec/FILE.spec.ts` "sentence" */
const citations = [...read('docs/architecture.md').matchAll(/`(spec\/[\w./-]+\.spec\.ts)` "([^"]+)"/g)].map(
  ([, path = '', sentence = '']) => ({ path, sentence }),
);

const named = suite('what documents name');

named('the invariants cite specs', () => {
  const rows = read('docs/architecture.md')
    .split('## Invariants')[1]!
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| invariant/.test(line));
  assert.ok(rows.length > 10, `only ${rows.length} invariants`);
  assert.equal(
    rows.filter((row) => !/`spec\/[\w./-]+\.spec\.ts` "/.test(row)),
    [],
    'invariants that nothing holds',
  );
});

named('every spec that an invariant cites exists, with that sentence as the name of a test', () => {
  // The formatter puts a long name on a line of its own.
  const declares = (path: string, sentence: string) =>
    read(path)
      .replace(/\(\n\s+/g, '(')
      .includes(`('${sentence}',`);
  const missing = citations.filter(({ path, sentence }) => !existsSync(join(root, path)) || !declares(path, sentence));
  assert.equal(
    missing.map(({ path, sentence }) => `${path}: ${sentence}`),
    [],
  );
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
  const files = (readdirSync(join(root, 'lib'), { recursive: true }) as string[]).filter((path) =>
    path.endsWith('.ts'),
  );
  const missing = files.filter(
    (path) =>
      !map.includes(`\`${path.replaceAll('\\', '/').split('/').at(-1)!.replace('.ts', '')}\``) &&
      !new RegExp(`[/\`]${path.replaceAll('\\', '/').split('/').at(-1)}\``).test(map),
  );
  assert.equal(missing, []);
});

/** name -> summary, of every demo in the tree. */
const demos = new Map(
  readdirSync(join(root, 'demos')).flatMap((entry): [string, string][] => {
    const path = entry.endsWith('.ts') ? `demos/${entry}` : `demos/${entry}/index.ts`;
    const summary =
      existsSync(join(root, path)) ? /^export const summary\s*=\s*(["'`])(.*?)\1;?$/m.exec(read(path))?.[2] : undefined;
    return summary === undefined ? [] : [[entry.replace('.ts', ''), summary]];
  }),
);
/** name -> what is said of it, in the table under the heading. */
const listed = (document: string, heading: string) =>
  [
    ...read(document)
      .split(`\n## ${heading}\n`)[1]!
      .split('\n## ')[0]!
      .matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm),
  ].map(([, name = '', text = '']): [string, string] => [name, text]);

named("README's list of demos is that of `node demos`", () => {
  assert.equal(listed('README.md', 'Demos').sort(), [...demos].sort());
});

const chinese = suite('docs/zh/README.md');

chinese('names every demo and no other, in the order of the English list, and says what each shows, in Chinese', () => {
  const rows = listed('docs/zh/README.md', '示例');
  assert.equal(
    rows.map(([name]) => name),
    listed('README.md', 'Demos').map(([name]) => name),
  );
  assert.equal(
    rows.filter(([, text]) => !/\p{Script=Han}{2}/u.test(text)).map(([name]) => name),
    [],
  );
});

chinese('has the two commands and the first program of README.md', () => {
  const first = (document: string, info: string) =>
    new RegExp(`^\`\`\`${info}\n([^]*?)^\`\`\`$`, 'm').exec(read(document))?.[1]?.replace(/ *(?:\/\/|#).*$/gm, '');
  for (const info of ['sh', 'ts run', 'text output']) {
    assert.ok(first('README.md', info), info);
    assert.is(first('docs/zh/README.md', info), first('README.md', info), info);
  }
});

chinese('its table says of treadle what the English ones say', () => {
  const english = read('README.md') + read('docs/asyncio.md');
  const rows = read('docs/zh/README.md')
    .split('\n## 从 asyncio 到 treadle\n')[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const snippets = rows.flatMap((row) =>
    [...row.split(' | ')[1]!.matchAll(/`([^`]+)`/g)].map(([, snippet = '']) => snippet),
  );
  assert.ok(rows.length > 20 && snippets.length > 20);
  assert.equal(
    snippets.filter((snippet) => !english.includes(`\`${snippet}`)),
    [],
  );
});

chinese('is linked from README.md, and none of its links leads nowhere', () => {
  assert.match(read('README.md'), '[中文](docs/zh/README.md)');
  const anchors = (path: string) =>
    [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
  const links = [...read('docs/zh/README.md').matchAll(/\]\(([^)\s#]+)(?:#([^)\s]+))?\)/g)];
  assert.ok(links.length > 5);
  const dead = links.filter(([, target = '', anchor]) => {
    const path = join('docs/zh', target);
    return !existsSync(join(root, path)) || (anchor !== undefined && !anchors(path).includes(anchor));
  });
  assert.equal(
    dead.map(([link]) => link),
    [],
  );
});

named.run();
chinese.run();
