// Every link of a document leads somewhere, and from README.md one gets to every page in two links.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { anchorsIn, deadLinks, documents, isDead, links, linksIn, resolved } from '../support/documents.ts';
import { filesIn, read, root } from '../support/package.ts';

const test = suite('links of documents');

test('every form of a link is found, and nothing in code', () => {
  const sample = `[a](a.md) [b](<b.md#x> "title") ![c](c.svg) [![d](d.png)](e.md) [\`f[0](x)\`](f.md)
<img width="300" src="g.png"><source media="print" srcset="k.svg"> <a href='h.md'>h</a>
[i]: i.md
[far](https://example.org/far.md) <mail@example.org> [mail](mailto:a@example.org)
\`[not](no.md)\` and \`\`x \`[not](no.md)\`\`
\`\`\`md
[not](no.md)
\`\`\`
- item
  \`\`\`text
  [not](no.md)
  \`\`\`
  [j](#j)`;
  assert.equal(linksIn(sample), [
    'a.md',
    'b.md#x',
    'c.svg',
    'd.png',
    'e.md',
    'f.md',
    'g.png',
    'k.svg',
    'h.md',
    'i.md',
    '#j',
  ]);
});

test('headings have the names that a forge gives them', () => {
  const sample =
    '# One & two\n## `f()`: what it does\n### A [link](a.md) in it\n## Twice\n## Twice\n## 从 asyncio\n## snake_case ##\n```sh\n# no heading\n```\n';
  assert.equal(anchorsIn(sample), [
    'one--two',
    'f-what-it-does',
    'a-link-in-it',
    'twice',
    'twice-1',
    '从-asyncio',
    'snake_case',
  ]);
});

test('all Markdown files of the repository are looked at', () => {
  const names = ['README.md', 'docs/README.md', 'docs/zh/README.md', 'docs/book/README.md', 'demos/README.md'];
  for (const name of [...names, 'docs/decisions/README.md', 'spec/fuzz/README.md']) assert.ok(documents.includes(name), name); // prettier-ignore
  assert.not(documents.some((path) => /node_modules|\.cache/.test(path)));
});

test('no link of any of them leads nowhere', () => {
  assert.ok(documents.flatMap(links).length > 300);
  const dead = documents.flatMap((document) => deadLinks(document).map((link) => `${document}: ${link}`));
  assert.equal(dead, []);
});

test('a link to what is not there is dead: a file, a heading, a heading of what is no document, what lies outside', () => {
  const dead = (link: string) => isDead('docs/testing.md', link);
  assert.equal(['#explore', 'tracing.md#summaries', '../README.md', 'book/', '../lib/index.ts'].filter(dead), []);
  const wrong = ['#explored', 'tracing.md#sums', '../READ.md', '../lib/index.ts#L1', '../../main', '/docs/testing.md'];
  assert.equal(
    wrong.filter((link) => !dead(link)),
    [],
  );
});

test('every page of docs/ is at most two links away from README.md', () => {
  const near = new Set(['README.md']);
  for (let away = 1; away <= 2; away++)
    for (const page of [...near])
      for (const link of links(page)) {
        const { path } = resolved(page, link);
        if (path.endsWith('.md') && existsSync(join(root, path))) near.add(path);
      }
  // docs/api/README.md is two away and leads to each page of the reference, which api.spec.ts sees to.
  const isOfReference = (path: string) => path.startsWith('docs/api/') && path !== 'docs/api/README.md';
  const pages = filesIn('docs').filter((path) => path.endsWith('.md') && !isOfReference(path));
  assert.ok(pages.length > 20);
  assert.equal(
    pages.filter((page) => !near.has(page)),
    [],
  );
});

test('docs/README.md names every page that is not part of the book, of the decisions or of the Chinese documents', () => {
  const named = links('docs/README.md').map((link) => resolved('docs/README.md', link).path);
  const pages = filesIn('docs').filter((path) => /^docs\/([\w-]+|\w+\/README)\.md$/.test(path));
  assert.ok(pages.length > 10);
  assert.equal(
    pages.filter((page) => page !== 'docs/README.md' && !named.includes(page)),
    [],
  );
});

test('docs/README.md names every entry of the package', () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, unknown> };
  const entries = Object.keys(exports).filter((name) => name !== './package.json');
  assert.ok(entries.length > 4);
  const rows = read('docs/README.md');
  assert.equal(
    entries.map((name) => `treadle${name.slice(1)}`).filter((name) => !rows.includes(`\n| \`${name}\` |`)),
    [],
  );
});

test('every document that a source names exists', () => {
  const sources = [...filesIn('lib'), ...filesIn('demos'), ...filesIn('.build')].filter(
    (path) => /\.m?[jt]s$/.test(path) && !path.includes('node_modules'),
  );
  const named = sources.flatMap((path) =>
    [...read(path).matchAll(/\bdocs\/[\w./-]*\w\.md\b/g)].map(([name]) => ({ path, name })),
  );
  assert.ok(named.length > 5);
  assert.equal(
    named.filter(({ name }) => !existsSync(join(root, name))).map(({ path, name }) => `${path}: ${name}`),
    [],
  );
});

test('README.md has at most 200 lines', () => {
  assert.ok(read('README.md').trimEnd().split('\n').length <= 200);
});

// CommonMark takes no fence for one whose first line has a backtick behind the three: a forge would show the rest of the
// page as code.
test('the first line of a fence has no backtick but those that open it', () => {
  const wrong = documents.flatMap((page) =>
    read(page)
      .split('\n')
      .filter((line) => /^\s*`{3,}[^`]+`/.test(line))
      .map((line) => `${page}: ${line}`),
  );
  assert.equal(wrong, []);
});

test.run();
