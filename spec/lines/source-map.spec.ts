// From a place in a script to the place in its source.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ScriptParsed } from '../../lib/lines/answers.ts';
import { placeOf, showPlace } from '../../lib/lines/source-map.ts';
import { temporaryFolder } from '../support/files.ts';
import { withoutBuiltins } from '../support/lines.ts';

const test = suite('source maps');

const source = `interface Gone {
  readonly a: 1;
}
export function* page(): Generator<number> {
  yield 1;
}
`;
/** The line without the interface, with a source map. */
function compiled(sourcemap: 'inline' | 'external', sourceRoot?: string) {
  return transformSync(source, {
    loader: 'ts',
    sourcefile: 'page.ts',
    sourcemap,
    ...(sourceRoot !== undefined && { sourceRoot }),
  });
}

/** Where the script's `yield` is in the source. */
function yieldIn(code: string, script: Omit<ScriptParsed, 'scriptId'>): string | undefined {
  const lines = code.split('\n');
  const lineNumber = lines.findIndex((line) => line.includes('yield'));
  const location = { scriptId: '7', lineNumber, columnNumber: lines[lineNumber]!.indexOf('yield') };
  const place = placeOf(location, new Map([['7', { scriptId: '7', ...script }]]));
  return place && showPlace(place);
}

/** The address at the end of a script. */
const addressIn = (code: string) => /sourceMappingURL=(\S+)/.exec(code)![1]!;

test('are read where they lie in the script', () => {
  const { code } = compiled('inline');
  const place = yieldIn(code, { url: 'file:///app/dist/page.js', sourceMapURL: addressIn(code) });
  assert.is(place, 'file:///app/dist/page.ts:5:3');
});

test('are read where they lie in the script as plain text', () => {
  const { code, map } = compiled('external');
  const sourceMapURL = `data:application/json,${encodeURIComponent(map)}`;
  assert.is(yieldIn(code, { url: 'file:///app/page.js', sourceMapURL }), 'file:///app/page.ts:5:3');
});

test('are read beside the script, and may name a folder of their own', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'maps'));
  const base = pathToFileURL(`${folder}/`).href;
  for (const [root, wanted] of [
    [undefined, `${base}maps/page.ts:5:3`],
    ['../src/', `${base}src/page.ts:5:3`],
  ] as const) {
    const { code, map } = compiled('external', root);
    writeFileSync(join(folder, 'maps', 'page.js.map'), map);
    assert.is(yieldIn(code, { url: `${base}page.js`, sourceMapURL: 'maps/page.js.map' }), wanted);
  }
});

test('that are missing, or broken, leave the place in the script', () => {
  const { code } = compiled('external');
  for (const sourceMapURL of [
    undefined,
    '',
    'nowhere.js.map',
    'data:application/json;base64,e30',
    'data:,no',
    'no url:',
  ])
    assert.is(
      yieldIn(code, { url: 'file:///app/page.js', ...(sourceMapURL !== undefined && { sourceMapURL }) }),
      'file:///app/page.js:2:3',
      sourceMapURL,
    );
});

test('that say nothing of a place leave it where it is', () => {
  const { map } = compiled('external');
  const sourceMapURL = `data:application/json,${encodeURIComponent(map.replace(/"mappings": "[^"]*"/, '"mappings": ""'))}`;
  const scripts = new Map([['7', { scriptId: '7', url: 'file:///app/page.js', sourceMapURL }]]);
  assert.equal(placeOf({ scriptId: '7', lineNumber: 0 }, scripts), { url: 'file:///app/page.js', line: 1, column: 1 });
});

test('of a script that nobody knows there is none', () => {
  assert.is(placeOf({ scriptId: '8', lineNumber: 0 }, new Map()), undefined);
  assert.is(placeOf(undefined, new Map()), undefined);
});

test('are left alone where the host cannot read them', () => {
  const { code } = compiled('inline');
  const place = withoutBuiltins(() => yieldIn(code, { url: 'file:///app/page.js', sourceMapURL: addressIn(code) }));
  assert.is(place, 'file:///app/page.js:2:3');
});

test.run();
