// `node demos NAME --copy DIR`: a demo as a project of its own, which installs and runs anywhere.
//
// The demo's own folder becomes the project, and what it imports from demos/support/ goes into a folder of that name.
// Its packages are those that its sources import, at the versions that are tested here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';

export interface Copied {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** The path of its source from the root, with `/`. */
  readonly path: string;
}

type Packages = Record<string, string>;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Packages;
  readonly devDependencies?: Packages;
}

const IMPORT = /(?<=\b(?:from|import)\s*\(?\s*')[^']+(?=')/g;
const isSource = (path: string): boolean => /\.tsx?$/.test(path);
/** These are written anew for the copy. */
const isConfiguration = (path: string): boolean => /(?:^|\/)(?:package(?:-lock)?|tsconfig)\.json$/.test(path);

/** Says why a demo cannot be copied. */
export class NotCopied extends Error {}

/** The files of the demo's own folder, or the one that it consists of, by the paths that they get. */
function ownFiles(root: string, demo: Copied): Map<string, string> {
  if (!demo.path.endsWith('/index.ts')) return new Map([[demo.path, 'index.ts']]);
  const folder = posix.dirname(demo.path);
  const paths = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'));
  return new Map(paths.map((path) => [posix.join(folder, path), path]));
}

/** Adds what is imported from outside of the demo's folder, and what that imports. */
function addImported(root: string, files: Map<string, string>): void {
  // A map gives what is added while one goes through it, too.
  for (const [path] of files) {
    if (!isSource(path)) continue;
    const source = readFileSync(join(root, path), 'utf8');
    if (/from 'treadle\/(?:workers|distributed)'/.test(source))
      throw new NotCopied('its workers load modules by their URLs, and in the copy all of them are one file');
    for (const [specifier] of source.matchAll(IMPORT)) {
      if (!specifier.startsWith('.')) continue;
      const imported = posix.join(posix.dirname(path), specifier);
      if (files.has(imported)) continue;
      const [, support] = /^demos\/support\/(.+)$/.exec(imported) ?? [];
      if (support === undefined) throw new NotCopied(`it needs ${imported}`);
      files.set(imported, `support/${support}`);
    }
  }
}

/** The source with imports that lead to where the files are now. */
function moved(source: string, path: string, files: ReadonlyMap<string, string>): string {
  return source.replace(IMPORT, (specifier) => {
    const target = specifier.startsWith('.') && files.get(posix.join(posix.dirname(path), specifier));
    if (!target) return specifier;
    const from = posix.relative(posix.dirname(files.get(path) as string), target);
    return from.startsWith('.') ? from : `./${from}`;
  });
}

/** The packages that the sources import, with their types. */
function packagesOf(root: string, sources: readonly string[], files: ReadonlyMap<string, string>): Packages {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  const manifests = ['package.json', ...[...files.keys()].filter((path) => path.endsWith('/package.json'))].map(read);
  const known = Object.assign({}, ...manifests.flatMap((one) => [one.devDependencies, one.dependencies])) as Packages;
  const found: Packages = {};
  for (const [specifier] of sources.flatMap((source) => [...source.matchAll(IMPORT)])) {
    const [name = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
    for (const one of [name, `@types/${name}`]) if (known[one] !== undefined) found[one] = known[one];
  }
  return found;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Writes the project into the folder, which must be new or empty. It needs what `pack` adds. */
export function copyDemo(root: string, demo: Copied, folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new NotCopied(`${folder} is not empty`);
  const files = ownFiles(root, demo);
  addImported(root, files);
  const sources: string[] = [];
  for (const [path, target] of files) {
    if (isConfiguration(path)) continue;
    const text = readFileSync(join(root, path), 'utf8');
    if (isSource(path)) sources.push(text);
    mkdirSync(dirname(join(folder, target)), { recursive: true });
    writeFileSync(join(folder, target), isSource(path) ? moved(text, path, files) : text);
  }
  const { version, devDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const packed = `treadle-${version}.tgz`;
  const packages = packagesOf(root, sources, files);
  const tools = ['@types/node', 'esbuild', 'typescript'].filter((name) => packages[name] === undefined);
  const build =
    'esbuild main.ts --bundle --platform=node --format=esm --packages=external --sourcemap --outfile=main.js';
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'package.json',
    json({
      name: `treadle-${demo.name}`,
      private: true,
      description: demo.summary,
      type: 'module',
      engines: { node: '>=20.3' },
      scripts: {
        start: `${build} --log-level=warning && node --enable-source-maps main.js`,
        build,
        check: 'tsc',
      },
      dependencies: { treadle: `file:${packed}`, ...packages },
      devDependencies: Object.fromEntries(tools.map((name) => [name, devDependencies[name]])),
    }),
  );
  write(
    'tsconfig.json',
    json({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
        types: ['node'],
        ...([...files.keys()].some((path) => path.endsWith('.tsx')) && { jsx: 'react-jsx' }),
        noEmit: true,
        allowImportingTsExtensions: true,
        verbatimModuleSyntax: true,
        strict: true,
        skipLibCheck: true,
      },
      include: ['.'],
    }),
  );
  write('main.ts', MAIN);
  write('.gitignore', 'node_modules/\nmain.js\nmain.js.map\n');
  write('README.md', readme(demo, packed));
}

const MAIN = `// Starts the program with the arguments of the command line.
import start, { help, summary } from './index.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help') || argv.includes('-h')) console.log(\`\${summary}\\n\\n\${help.trim()}\`);
else start(argv);
`;

const readme = ({ name, summary, help }: Copied, packed: string): string => `# ${name}

${summary[0]?.toUpperCase()}${summary.slice(1)}.

\`\`\`sh
npm install
npm start                # npm start -- --help lists the options
npm run check            # the types
\`\`\`

\`\`\`text
${help.trim().replaceAll(`node demos ${name}`, 'npm start --')}
\`\`\`

\`${packed}\` is treadle, packed from the repository that this project was copied from. When there is one in the
registry, \`npm install treadle\` takes that.
`;

/** Packs treadle, which has been built, into the folder. */
export function pack(root: string, folder: string): void {
  const npm = spawnSync(
    'npm',
    ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', resolve(folder)],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (npm.status !== 0) throw new Error(`npm pack failed\n${npm.stdout ?? ''}${npm.stderr ?? npm.error ?? ''}`);
}
