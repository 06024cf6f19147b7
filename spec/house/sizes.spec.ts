// What docs/sizes.md says of each name is what it weighs: node .build/sizes.mjs --write.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { read, root } from '../support/package.ts';

type Weighed = readonly [name: string, bytes: number];
interface Tool {
  readonly core: readonly string[];
  readonly page: string;
  weigh(programs: Record<string, string>): Promise<Record<string, number>>;
  sizes(): Promise<{ core: number; everything: number; names: Weighed[]; entries: Weighed[] }>;
  saidBy(text: string): Record<string, number>;
}
const tool = (await import(pathToFileURL(join(root, '.build/sizes.mjs')).href)) as Tool;

const test = suite('the sizes');

test('docs/sizes.md names all that can be imported into a page, and says roughly what it weighs now', async () => {
  const said = tool.saidBy(read(tool.page));
  const { core, everything, names, entries } = await tool.sizes();
  const now = Object.fromEntries([...names, ...entries]);
  const exported = Object.keys(await import('treadle'));
  assert.ok(exported.length > 50);
  assert.equal(names.map(([name]) => name).sort(), exported.filter((name) => !tool.core.includes(name)).sort());
  assert.equal(Object.keys(said), Object.keys(now), 'node .build/sizes.mjs --write');
  const far = Object.keys(now).filter((name) => Math.abs(now[name]! - said[name]!) > 50 + said[name]! / 10);
  assert.equal(far, [], `it weighs something else now: node .build/sizes.mjs --write\n${JSON.stringify(now)}`);
  assert.ok(names.every(([, bytes]) => bytes < everything - core));
});

test('what weighs more is heavier, and what is not used is not there', async () => {
  const found = await tool.weigh({
    nothing: "import './dist/index.js';",
    one: "export { sleep } from './dist/index.js';",
    two: "export { sleep, map } from './dist/index.js';",
  });
  assert.ok(found['nothing']! < 50, `${found['nothing']} bytes`);
  assert.ok(found['nothing']! < found['one']! && found['one']! < found['two']!);
});

test.run();
