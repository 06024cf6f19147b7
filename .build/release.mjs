// `npm run release`: checks everything, and packs what would be published. It publishes only when it is told to.
//
//   npm run release -- --dry-run      checks and packs, and leaves nothing behind
//   npm run release                   leaves the package in .cache/release/, and says how to publish it
//   npm run release -- --publish      and publishes it, with provenance where a CI service vouches for it
//
//   --repository URL   where the repository is, https://HOST/OWNER/NAME; in GitHub's CI it is known
//   --quick            without the tests and the environments
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensure } from './ensure.mjs';
import {
  publishedManifest,
  relativeLinks,
  repositoryUrl,
  whenPublished,
  withAbsoluteLinks,
} from './release/staged.mjs';
import { cache, root } from './tools.mjs';

const tools = join(root, '.build/release');
const folder = join(cache, 'release');
const staged = join(folder, 'package');

const shell = process.platform === 'win32'; // where npm is a .cmd file
const read = (path) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const tag = `v${manifest.version}`;

/** Runs a command to its end, and gives its output. Throws it when the command fails. */
function output(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: shell && command === 'npm',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
  return stdout;
}

/** The same, and everything is seen as it comes. */
function shown(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: shell && command === 'npm' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${status}`);
}

function options() {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      repository: { type: 'string' },
    },
  });
  const { publish, quick, repository: given } = values;
  if (publish && values['dry-run']) throw new Error('--dry-run and --publish exclude each other');
  if (publish && quick) throw new Error('what is published is tested: --publish and --quick exclude each other');
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  const known = given ?? manifest.repository?.url ?? (server && name ? `${server}/${name}` : undefined);
  return { dry: values['dry-run'], publish, quick, repository: known && repositoryUrl(known) };
}

/** The steps, in their order. Each gives what it has to say, or throws. `strict` ones may fail in a dry run. */
function steps({ quick, repository }) {
  const step = (name, work, { strict = false, skip = false } = {}) => ({ name, work, strict, skip });
  const tarball = join(folder, `${manifest.name}-${manifest.version}.tgz`);
  return [
    step(
      'everything is committed',
      () => {
        const changed = output('git', ['status', '--porcelain']);
        if (changed) throw new Error(changed.trimEnd());
      },
      { strict: true },
    ),
    step(
      `docs/changelog.md has a section ${manifest.version}, and nothing is left unreleased`,
      () => {
        const changelog = read('docs/changelog.md');
        if (!changelog.includes(`\n## ${manifest.version}`)) throw new Error(`there is no "## ${manifest.version}"`);
        if (/^## Unreleased\n+(?!## )./m.test(changelog))
          throw new Error('there is a section "Unreleased" that is not empty');
      },
      { strict: true },
    ),
    step(
      `the tag ${tag} is on this commit`,
      () => {
        const tags = output('git', ['tag', '--points-at', 'HEAD']).split('\n');
        if (!tags.includes(tag)) throw new Error(`git tag ${tag}`);
      },
      { strict: true },
    ),
    step(
      'the repository is known',
      () => {
        if (repository === undefined)
          throw new Error(
            'say --repository https://HOST/OWNER/NAME: the links of the README and the provenance need it',
          );
        return repository;
      },
      { strict: true },
    ),
    step('npm test', () => shown('npm', ['test']), { skip: quick && 'it is quick' }),
    step('npm run environments', () => shown('npm', ['run', '--silent', 'environments']), {
      skip: (!manifest.scripts.environments && 'there is no such script') || (quick && 'it is quick'),
    }),
    step('the package is built and packed', async () => {
      await ensure();
      const wanted = pack(root, '--dry-run');
      stage(wanted, repository);
      const packed = pack(staged, '--pack-destination', folder);
      if (String(packed) !== String(wanted)) throw new Error(`npm pack would pack other files:\n${wanted.join('\n')}`);
      const kB = Math.round(statSync(tarball).size / 1000);
      return `${tarball.slice(root.length + 1)}, ${kB} kB`;
    }),
    step('the links of its README lead somewhere', () => {
      const missing = relativeLinks(read('README.md')).filter((path) => !existsSync(join(root, path)));
      if (missing.length > 0) throw new Error(missing.join('\n'));
      const left = repository === undefined ? [] : relativeLinks(readFileSync(join(staged, 'README.md'), 'utf8'));
      if (left.length > 0) throw new Error(`relative links are left: ${left.join(' ')}`);
    }),
    step('publint', () =>
      output(process.execPath, [join(tools, 'node_modules/publint/src/cli.js'), 'run', tarball, '--strict']),
    ),
    // treadle is ESM only: `require` of it works where Node can do that, and TypeScript's node10 is not served.
    step('are the types wrong?', () =>
      output(process.execPath, [
        join(tools, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
        tarball,
        '--profile',
        'esm-only',
        '--no-color',
      ]),
    ),
  ];
}

/** Packs a folder, and gives the names of the files in the package. */
function pack(cwd, ...args) {
  const told = output('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', ...args], cwd);
  // One entry, in a list or, from npm 12 on, under the package's name.
  const [{ files }] = Object.values(JSON.parse(told));
  return files.map(({ path }) => path).sort();
}

/** What npm packs, with the two files that differ. */
function stage(paths, repository) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(staged, { recursive: true });
  for (const path of paths) cpSync(join(root, path), join(staged, path));
  writeFileSync(
    join(staged, 'package.json'),
    `${JSON.stringify(publishedManifest(manifest, repository), undefined, 2)}\n`,
  );
  const readme = whenPublished(read('README.md'));
  writeFileSync(
    join(staged, 'README.md'),
    repository === undefined ? readme : withAbsoluteLinks(readme, repository, tag),
  );
}

/** Installs publint and attw, when they are first needed. */
function install() {
  const copy = join(tools, 'node_modules/.package-lock.json');
  const versions = (path) =>
    Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages)
      .filter(([name]) => name !== '')
      .map(([name, { version }]) => `${name} ${version}`)
      .join('\n');
  if (existsSync(copy) && versions(copy) === versions(join(tools, 'package-lock.json'))) return;
  console.log('release: installing publint and attw (npm ci in .build/release) ...');
  output('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], tools);
}

async function main() {
  const chosen = options();
  install();
  let failed = 0;
  for (const { name, work, strict, skip } of steps(chosen)) {
    if (skip) {
      console.log(`skip  ${name}: ${skip}`);
      continue;
    }
    try {
      const said = await work();
      console.log(`ok    ${name}${said && !said.includes('\n') ? `: ${said}` : ''}`);
    } catch (error) {
      const forgiven = strict && chosen.dry;
      if (!forgiven) failed++;
      console.log(`${forgiven ? 'later' : 'FAIL '} ${name}\n${error.message.trimEnd().replace(/^/gm, '      ')}`);
    }
  }
  const file = `.cache/release/${manifest.name}-${manifest.version}.tgz`;
  if (chosen.dry) rmSync(folder, { recursive: true, force: true });
  if (failed > 0) {
    console.log(`\n${failed} failed: nothing is published`);
    process.exitCode = 1;
  } else if (chosen.dry) console.log('\nA dry run: nothing is published, and nothing is left.');
  else if (!chosen.publish)
    console.log(
      `\nNothing is published. To do so: npm run release -- --publish, or\n  npm publish ${file} --access public`,
    );
  else {
    // Only a CI service with an identity token can vouch for where the package was built.
    const vouched = process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? process.env.SIGSTORE_ID_TOKEN;
    shown('npm', ['publish', join(root, file), '--access', 'public', ...(vouched ? ['--provenance'] : [])]);
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
