// What the build leaves out of sucrase makes no difference to what it does with the programs that the page may get.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import { filesIn, read, root } from '../support/package.ts';

const test = suite('sucrase in the page');

type Transform = (
  code: string,
  options: { readonly transforms: readonly ['typescript', 'imports']; readonly disableESTransforms: true },
) => { readonly code: string };

const here = join(root, 'demos/playground');
const withPackages = installed(here) ? test : test.skip;

test('is one exact version, because the build names its parts by their files', () => {
  const { dependencies } = JSON.parse(read('demos/playground/package.json')) as {
    dependencies: Record<string, string>;
  };
  assert.match(dependencies['sucrase']!, /^\d+\.\d+\.\d+$/);
});

withPackages('gives the same as the whole one for the sources of this project, and the same errors', async () => {
  const { lean } = await import('../../demos/playground/build-lean.ts');
  const folder = mkdtempSync(join(tmpdir(), 'treadle-lean-'));
  const load = async (isLean: boolean): Promise<Transform> => {
    const outfile = join(folder, `${isLean}.mjs`);
    await build({
      stdin: { contents: "export { transform } from 'sucrase';", resolveDir: here },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      outfile,
      plugins: isLean ? [lean] : [],
      logLevel: 'silent',
    });
    return ((await import(pathToFileURL(outfile).href)) as { transform: Transform }).transform;
  };
  const [whole, part] = await Promise.all([load(false), load(true)]);
  const told = (transform: Transform, code: string): string => {
    try {
      return transform(code, { transforms: ['typescript', 'imports'], disableESTransforms: true }).code;
    } catch (error) {
      return String(error);
    }
  };
  const isSource = (path: string) => path.endsWith('.ts') && !path.includes('node_modules');
  // The specs are more than all other sources together, and much alike. To read all of them takes 3 s of the processor.
  const specs = filesIn('spec')
    .filter(isSource)
    .filter((_, i) => i % 4 === 0);
  const others = ['lib', 'demos/learn', 'demos/museum', 'demos/programs', 'docs/book']
    .flatMap(filesIn)
    .filter(isSource);
  const sources = [...others, ...specs];
  assert.ok(others.length > 300 && specs.length > 80, `${others.length} sources, ${specs.length} specs`);
  for (const [i, path] of sources.entries()) {
    const code = read(path);
    assert.is(told(part, code), told(whole, code), path);
    // Cut off in the middle it is wrong, and is wrong in the same place.
    if (i % 4 > 0) continue;
    const half = code.slice(0, code.length / 2);
    assert.is(told(part, half), told(whole, half), `half of ${path}`);
  }
  rmSync(folder, { recursive: true, force: true });
});

test.run();
