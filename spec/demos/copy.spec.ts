// `node demos NAME --copy DIR`: projects that install and run. Without a network: what they need is linked.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyDemo } from '../../demos/support/copy.ts';
import { demo, demos, runProgram } from '../support/demo.ts';
import { temporaryFolder } from '../support/files.ts';
import { read, root } from '../support/package.ts';

const folder = temporaryFolder();
const shell = process.platform === 'win32';

/** Puts packages of the clone into the project. */
function link(project: string, ...packages: string[]): void {
  for (const name of packages) {
    const to = join(project, 'node_modules', name);
    mkdirSync(join(to, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), to, 'junction');
  }
}

/** The commands of the packages that are linked. */
const PATH = `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`;

/** As `demo`, for arguments with spaces in them. */
const demoWith = (...args: string[]) => runProgram(process.execPath, ['demos', ...args]);

const npm = (project: string, ...args: string[]): string =>
  execFileSync('npm', [...args], {
    cwd: project,
    encoding: 'utf8',
    shell,
    env: { ...process.env, PATH, NO_COLOR: '1' },
  });

const test = suite('node demos NAME --copy DIR');

test('writes a project that is installed, has no error of types, and runs', async () => {
  const project = join(folder, 'hang up');
  const { code, out, err } = await demoWith('hang-up', '--copy', project);
  assert.is(err, '');
  assert.is(code, 0);
  assert.match(out, 'npm install');
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  assert.equal(manifest.dependencies, { treadle: `file:treadle-${version}.tgz` });
  const packages = Object.keys(manifest.devDependencies);
  // What is packed, as npm would unpack it.
  const treadle = join(project, 'node_modules/treadle');
  mkdirSync(treadle, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, `treadle-${version}.tgz`), '--strip-components=1', '-C', treadle]);
  link(project, ...packages, 'undici-types');
  assert.is(npm(project, 'run', '--silent', 'check'), '');
  assert.match(npm(project, 'start', '--silent', '--', '--step', '20'), /\nanswered {5}Ada; cut short: /);
  const help = execFileSync(process.execPath, ['main.js', '--help'], { cwd: project, encoding: 'utf8' });
  assert.match(help, /^a server that stops working [^]*--step MS/);
  assert.match(readFileSync(join(project, 'README.md'), 'utf8'), /^# hang-up\n\nA server that stops working/);
});

test('every demo that learn and programs have can be copied and bundled, but for those with workers', async () => {
  const refused: string[] = [];
  const help = '';
  for (const { name, path, summary } of demos.filter(({ path }) => /^demos\/(learn|programs)\//.test(path))) {
    const project = join(folder, name);
    try {
      copyDemo(root, { name, path, summary, help }, project);
    } catch (error) {
      assert.match((error as Error).message, /^its workers load modules/);
      assert.not.ok(existsSync(project), 'nothing is half done');
      refused.push(name);
      continue;
    }
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const { metafile } = await build({
      entryPoints: [join(project, 'main.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    // Each package that is imported is one that it depends on.
    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path }) => external && !path.startsWith('node:'))
      .map(({ path }) => /^(?:@[^/]+\/)?[^/]+/.exec(path)![0]);
    assert.equal(
      imported.filter((one) => dependencies[one] === undefined),
      [],
      name,
    );
  }
  assert.equal(refused, ['compare', 'database', 'machines']);
});

test('refuses a folder that is not empty, a demo that needs the repository, and anything but one folder', async () => {
  const [full, bench, none, two] = await Promise.all([
    demo('hello --copy demos'),
    demoWith('bench', '--copy', join(folder, 'bench')),
    demo('hello --copy'),
    demo('hello --copy a b'),
  ]);
  assert.is(full.code, 1);
  assert.is(full.err, 'hello cannot be copied: demos is not empty\n');
  assert.is(bench.code, 1);
  assert.match(bench.err, /^bench cannot be copied: it needs lib\//);
  for (const { code, err } of [none, two]) {
    assert.is(code, 2);
    assert.is(err, 'node demos hello --copy DIR takes one folder, which is new or empty\n');
  }
  assert.not.ok(readdirSync(root).includes('a'));
});

test.run();
