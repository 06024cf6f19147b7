// A fresh project in a temporary folder, into which the packed package is installed as a user would install it.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../tools.mjs';

const windows = process.platform === 'win32';

/** Something that this machine or the registry does not offer. It says nothing about treadle. */
export class NotHere extends Error {}

/** Packs the package into a folder of its own. Gives the path of the package, and a function that removes it. */
export function pack() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'treadle-packed-')));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: windows });
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`);
  // One entry, in a list or, from npm 12 on, under the package's name.
  const [{ filename }] = Object.values(JSON.parse(stdout));
  return { path: join(folder, filename), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export class Project {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'treadle-project-')));

  /**
   * `packages` are installed beside treadle, each in the exact version. Their install scripts are not run: a project
   * that needs one of those to work with treadle would be a finding.
   */
  static async with(packed, packages = {}, { type = 'module', ...manifest } = {}) {
    const project = new Project();
    project.write('package.json', JSON.stringify({ name: 'user', version: '1.0.0', private: true, type, ...manifest }));
    const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
    const offline = names.length === 0 ? ['--offline'] : ['--prefer-offline'];
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const args = ['install', '--save-exact', ...offline, ...quiet, packed, ...names];
    const { code, output } = await project.run('npm', args, { limit: 300_000 });
    if (code === 0) return project;
    project.remove();
    const reason = /^npm error (?!code)(.*)$/m.exec(output)?.[1] ?? output.trim();
    throw new NotHere(`npm could not install ${names.join(', ')}: ${reason}`);
  }

  /** A project with what is built in this checkout, copied: without npm, for a spec that is short. */
  static ofCheckout() {
    const project = new Project();
    project.write('package.json', JSON.stringify({ name: 'user', version: '1.0.0', private: true, type: 'module' }));
    for (const name of ['package.json', 'dist'])
      cpSync(join(root, name), project.path('node_modules/treadle', name), { recursive: true });
    return project;
  }

  /** The path of a file of the project. */
  path(...names) {
    return join(this.folder, ...names);
  }

  write(name, text) {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  read(name) {
    return readFileSync(this.path(name), 'utf8');
  }

  /** The program of a package, by its path there. Throws `NotHere` when this system has none. */
  program(...candidates) {
    const found = candidates.map((path) => this.path('node_modules', path)).find((path) => existsSync(path));
    if (found === undefined)
      throw new NotHere(`the registry has no such program for ${process.platform}-${process.arch}`);
    return found;
  }

  /** Runs a program in the project, and ends it after `limit` ms. stdout and stderr are one text. */
  run(file, args, { env = {}, limit = 120_000 } = {}) {
    return new Promise((resolve) => {
      const child = spawn(file, args, {
        cwd: this.folder,
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: windows && file === 'npm',
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => void (output += text));
      const timer = setTimeout(() => child.kill((output += `\nended after ${limit / 1000} s\n`) && 'SIGKILL'), limit);
      child.on('error', (error) => void (output += error.message));
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code: code ?? 1, output });
      });
    });
  }

  /** Runs a program that must succeed, and gives what it printed. */
  async ok(file, args, options) {
    const { code, output } = await this.run(file, args, options);
    if (code !== 0) throw new Error(output.trim() || `exit code ${code}`);
    return output;
  }

  /** Runs a program that must succeed and print the text, possibly among other things. */
  async says(text, file, args, options) {
    const output = await this.ok(file, args, options);
    if (!output.includes(text)) throw new Error(`it did not print "${text}", but:\n${output.trim()}`);
    return output;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
