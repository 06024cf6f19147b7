// docs/zh/README.md says in Chinese what README.md and demos/README.md say, demo by demo.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deadLinks, links, listed } from '../support/documents.ts';
import { read } from '../support/package.ts';

const test = suite('docs/zh/README.md');

test('names every demo and no other, in the order of the English list, and says what each shows, in Chinese', () => {
  const rows = listed('docs/zh/README.md', '示例');
  assert.equal(
    rows.map(([name]) => name),
    listed('demos/README.md').map(([name]) => name),
  );
  assert.equal(
    rows.filter(([, text]) => !/\p{Script=Han}{2}/u.test(text)).map(([name]) => name),
    [],
  );
});

test('has the first command and the first program of README.md', () => {
  const first = (document: string, info: string) =>
    new RegExp(`^\`\`\`${info}\n([^]*?)^\`\`\`$`, 'm').exec(read(document))?.[1]?.replace(/ *(?:\/\/|#).*$/gm, '');
  for (const info of ['sh', 'ts run', 'text output']) {
    assert.ok(first('README.md', info), info);
    assert.is(first('docs/zh/README.md', info), first('README.md', info), info);
  }
});

test('its table says of treadle what the English ones say', () => {
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

test('is linked from README.md, and none of its links leads nowhere', () => {
  assert.match(read('README.md'), '[中文](docs/zh/README.md)');
  assert.ok(links('docs/zh/README.md').length > 5);
  assert.equal(deadLinks('docs/zh/README.md'), []);
});

test.run();
