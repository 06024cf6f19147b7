// The rules that the source of every demo keeps.
import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demos } from '../support/demo.ts';
import { filesIn, read } from '../support/package.ts';

const test = suite('the source of the demos');

test('the tutorial programs are numbered from 01, without a gap', () => {
  const files = filesIn('demos/learn').map((path) => path.slice('demos/learn/'.length));
  assert.equal(
    files.map((file) => file.slice(0, 3)),
    files.map((_, i) => `${String(i + 1).padStart(2, '0')}-`),
  );
});

test('no two demos have the same name', () => {
  assert.is(new Set(demos.map(({ name }) => name)).size, demos.length);
});

test("imports 'treadle' by its name, and uses no async and no await", () => {
  // The benchmark is a package of its own, and its peers are made of async functions.
  for (const { path, source } of demos.filter(({ name }) => name !== 'bench')) {
    assert.not.match(source, /from '(?:\.\.\/)+(?:lib|dist)/, path);
    assert.match(source, /from 'treadle'/, path);
  }
  const files = ['demos/learn', 'demos/programs', 'demos/support']
    .flatMap(filesIn)
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'));
  assert.ok(files.length > 35, `${files.length} files`);
  for (const file of files) {
    // Without the comments, which may well speak of them.
    const { code } = transformSync(read(file), { loader: 'tsx', minifyWhitespace: true });
    assert.not.match(code, /\b(?:async|await)\b/, file);
  }
});

test.run();
