// The short form of `npm run environments`: what it can check with the packages of this checkout, in a few seconds. And
// that the table in docs/environments.md has all its rows.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { read, root } from '../support/package.ts';

interface Project {
  write(name: string, text: string): void;
  read(name: string): string;
  ok(file: string, args: readonly string[]): Promise<string>;
  says(text: string, file: string, args: readonly string[]): Promise<string>;
  remove(): void;
}
interface Tool {
  readonly all: readonly { readonly name: string; readonly version: string; readonly limit?: string }[];
  readonly Project: { ofCheckout(): Project };
  readonly requires: (project: Project, node: string) => Promise<string>;
  readonly typeChecks: (project: Project, mode: string, tsc: string) => Promise<string>;
  readonly nothingOfNode: (text: string) => void;
  readonly esm: string;
  readonly DONE: string;
}

const files = ['index', 'project', 'rows-node', 'rows-types', 'rows-bundlers', 'programs'];
const urls = files.map((name) => pathToFileURL(join(root, '.build/environments', `${name}.mjs`)).href);
const tool = Object.assign({}, ...(await Promise.all(urls.map((url) => import(url) as Promise<object>)))) as Tool;

const test = suite<{ project: Project }>('environments');

test.before((context) => {
  context.project = tool.Project.ofCheckout(); // what is packed, package.spec.ts looks at
});

test.after(({ project }) => project.remove());

test('CommonJS requires it', async ({ project }) => {
  // Node before 20.17 and 22.12 needs to be asked for it.
  if (process.features.require_module) await tool.requires(project, process.execPath);
  else {
    project.write(
      'main.cjs',
      "import('treadle').then(({ run, sleep }) => run(sleep(1))).then(() => console.log('over'));",
    );
    await project.says('over', process.execPath, ['main.cjs']);
  }
});

const tsc = join(root, 'node_modules/typescript/bin/tsc');

// package.spec.ts has nodenext and bundler.
for (const mode of ['node16', 'nodenext from CommonJS'])
  test(`TypeScript finds the types of every entry: ${mode}`, async ({ project }) => {
    await tool.typeChecks(project, mode, tsc);
  });

test('a type that was lost would be found', async ({ project }) => {
  const entry = 'node_modules/treadle/dist/index.d.ts';
  const before = project.read(entry);
  project.write(entry, before.replace(/^export \{[^}]*\bjoin\b[^}]*\} from .*$/m, 'export declare const join: any;'));
  assert.is.not(project.read(entry), before);
  const error = await tool.typeChecks(project, 'node16', tsc).then(
    () => '',
    (caught: Error) => caught.message,
  );
  project.write(entry, before);
  assert.match(error, /error TS2578: Unused '@ts-expect-error' directive/);
});

test('esbuild takes nothing of Node into a page, and what it makes for Node runs', async ({ project }) => {
  project.write('bundled.js', tool.esm);
  const esbuild = join(root, 'node_modules/esbuild/bin/esbuild');
  for (const [platform, outfile] of [
    ['browser', 'page.js'],
    ['node', 'node.js'],
  ])
    await project.ok(esbuild, ['bundled.js', '--bundle', '--format=esm', `--platform=${platform}`, `--outfile=${outfile}`]); // prettier-ignore
  tool.nothingOfNode(project.read('page.js'));
  assert.throws(() => tool.nothingOfNode(project.read('node.js')), /parts for Node/);
  for (const name of ['page.js', 'node.js']) await project.says(tool.DONE, process.execPath, [name]);
});

test('the table in docs/environments.md has a row for each of them, in their order, and none that fails', () => {
  const rows = [...read('docs/environments.md').matchAll(/^\| (.*?) \| (.*?) \| (works|no|not here|fails) \|/gm)];
  assert.equal(
    rows.map(([, name]) => name),
    tool.all.map(({ name }) => name),
  );
  assert.equal(
    rows.filter(([, , , result]) => result === 'fails').map(([line]) => line),
    [],
  );
  // Browsers are those of the machine.
  const pinned = rows.flatMap(([, name, version]) => (/Chromium|Firefox|node:test/.test(name!) ? [] : [version]));
  const wanted = tool.all.filter(({ name }) => !/Chromium|Firefox|node:test/.test(name));
  assert.equal(pinned, wanted.map(({ version }) => version)); // prettier-ignore
});

test.run();
