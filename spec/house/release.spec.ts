// What is published, and that nothing is unless somebody says so. Where publint and attw are not installed (npm ci in
// .build/release, which .ci/run does), the specs that need them are skipped by name.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import { read, root } from '../support/package.ts';
import { node } from '../support/programs.ts';

interface Staged {
  repositoryUrl(text: string): string;
  withAbsoluteLinks(markdown: string, repository: string, tag: string): string;
  whenPublished(markdown: string): string;
  relativeLinks(markdown: string): string[];
  publishedManifest(manifest: object, repository?: string): Record<string, unknown>;
}
const { repositoryUrl, withAbsoluteLinks, whenPublished, relativeLinks, publishedManifest } = (await import(
  pathToFileURL(join(root, '.build/release/staged.mjs')).href
)) as Staged;

const HUB = 'https://github.com/them/treadle';

const test = suite('a release');
const why = installed(join(root, '.build/release')) ? undefined : 'not installed: npm ci in .build/release';
const withTools = why === undefined ? test : test.skip;
const named = (name: string): string => (why === undefined ? name : `${name} (${why})`);

const release = (...args: string[]) =>
  node(['.build/release.mjs', ...args], { limit: 400_000, env: { NO_COLOR: '1', GITHUB_REPOSITORY: undefined } });

test('a repository is named in many forms, and a page of one is none', () => {
  for (const form of [`${HUB}.git`, `git+${HUB}.git`, `${HUB}/`, 'git@github.com:them/treadle.git', `ssh://git@github.com/them/treadle.git`])
    assert.is(repositoryUrl(form), HUB); // prettier-ignore
  for (const wrong of ['treadle', 'https://github.com/them', 'file:///treadle', 'http://github.com/them/treadle'])
    assert.throws(() => repositoryUrl(wrong), `and not ${wrong}`);
});

test('relative links lead to the tag, and pictures to the file itself; all others, and code, stay', () => {
  const markdown = `
[a](docs/a.md#part) ![b](docs/b.svg) [c](#c) [d](https://example.com/d) [e](mailto:e@example.com)
[![f [1]](docs/f.svg)](docs/f.md)
<picture><source srcset="docs/g-dark.svg"><img src="docs/g.svg"></picture> <a href="docs/g.md">g</a>
\`\`\`ts
x[0](y)
\`\`\`
`;
  assert.is(
    withAbsoluteLinks(markdown, HUB, 'v1.0.0'),
    `
[a](${HUB}/blob/v1.0.0/docs/a.md#part) ![b](${HUB}/raw/v1.0.0/docs/b.svg) [c](#c) [d](https://example.com/d) [e](mailto:e@example.com)
[![f [1]](${HUB}/raw/v1.0.0/docs/f.svg)](${HUB}/blob/v1.0.0/docs/f.md)
<picture><source srcset="${HUB}/raw/v1.0.0/docs/g-dark.svg"><img src="${HUB}/raw/v1.0.0/docs/g.svg"></picture> <a href="${HUB}/blob/v1.0.0/docs/g.md">g</a>
\`\`\`ts
x[0](y)
\`\`\`
`,
  );
  assert.equal(relativeLinks(markdown).sort(), ['docs/a.md', 'docs/b.svg', 'docs/f.md', 'docs/f.svg', 'docs/g-dark.svg', 'docs/g.md', 'docs/g.svg']); // prettier-ignore
  assert.match(
    withAbsoluteLinks('[a](a.md)', 'https://gitlab.com/a/b', 'v1'),
    '(https://gitlab.com/a/b/-/blob/v1/a.md)',
  );
  assert.match(withAbsoluteLinks('[a](a.md)', 'https://codeberg.org/a/b', 'v1'), '/a/b/src/tag/v1/a.md)');
});

test('the README that is published has no relative link, and the one of the repository no other', () => {
  const readme = read('README.md');
  assert.ok(relativeLinks(readme).length > 10);
  assert.equal(relativeLinks(withAbsoluteLinks(readme, HUB, 'v1.0.0')), []);
  assert.not.match(readme, /\]\(https:\/\/[^)]*\/(?:blob|raw)\//);
});

test('the README that is published does not say that it is not', () => {
  assert.is(whenPublished('a\n<!-- until it is published -->\nb\n\n<!-- end -->\nc\n'), 'a\nc\n');
  const readme = read('README.md');
  assert.not.match(whenPublished(readme), /not published|until it is|<!-- end/);
  assert.match(whenPublished(readme), '```sh\nnpm install treadle\n```\n\n<picture>\n');
});

test('package.json names no repository, and what is published does, and has no scripts', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
  for (const name of ['repository', 'homepage', 'bugs']) assert.is(manifest[name], undefined, name);
  const published = publishedManifest(manifest, HUB);
  assert.equal(published['repository'], { type: 'git', url: `git+${HUB}.git` });
  assert.equal(
    Object.keys(manifest).filter((name) => JSON.stringify(published[name]) !== JSON.stringify(manifest[name])),
    ['scripts', 'devDependencies'],
  );
});

test('its tools are pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(read('.build/release/package.json')) as { dependencies: Record<string, string> };
  const lock = read('.build/release/package-lock.json');
  assert.not.match(lock, /"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries(dependencies)) {
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
    assert.not.match(read('package.json'), `"${name}"`);
  }
});

test('it publishes nothing that was not tested, and refuses options that make no sense', async () => {
  const all = await Promise.all([
    release('--publish', '--quick'),
    release('--publish', '--dry-run'),
    release('--nope'),
    release('--dry-run', '--repository', 'treadle'),
  ]);
  for (const [i, why] of [/what is published is tested/, /exclude each other/, /--nope/, /not treadle/].entries()) {
    assert.is(all[i]!.code, 2);
    assert.match(all[i]!.err, why);
    assert.is(all[i]!.out, '');
  }
});

withTools(named('a dry run packs it, publint and attw find nothing, and nothing is published'), async () => {
  const { code, out, err } = await release('--dry-run', '--quick', '--repository', HUB);
  assert.is(code, 0, out + err);
  for (const name of [
    'the package is built and packed: ',
    'publint',
    'are the types wrong?',
    'the links of its README',
  ])
    assert.match(out, `ok    ${name}`);
  assert.match(out, /\nA dry run: nothing is published, and nothing is left\.\n$/);
});

test.run();
