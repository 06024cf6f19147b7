// A fresh clone where something is missing: the permission to write, or the network. What `npm start` says then.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support/package.ts';

const test = suite<{ folder: string }>('a clone');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'treadle-clone-'));
  const filter = (path: string) => !path.endsWith('node_modules');
  cpSync(join(root, '.build'), join(context.folder, '.build'), { recursive: true, filter });
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(root, name), join(context.folder, name));
  mkdirSync(join(context.folder, 'lib'));
});

test.after.each(({ folder }) => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

/** Nobody is not the owner of the clone. Whoever runs the specs as root could write everywhere. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Runs Node in the clone. What is printed is one text. */
function node(
  folder: string,
  args: readonly string[],
  { env = {}, ...who }: { env?: Record<string, string>; uid?: number; gid?: number } = {},
) {
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      // Nobody may write down what is covered, and says so.
      env: { ...process.env, NODE_V8_COVERAGE: undefined, ...env },
      timeout: 400_000,
      ...who,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('close', (code) => resolve({ code, said }));
  });
}

/** npm with an empty cache of its own, and with a registry at this port of the machine. */
const registry = (folder: string, port: number) => ({
  npm_config_registry: `http://127.0.0.1:${port}/`,
  npm_config_cache: join(folder, 'npm-cache'),
  npm_config_update_notifier: 'false',
});

// Windows keeps others out in another way.
if (process.platform !== 'win32')
  test('that cannot be written is said to be so, in one line', async ({ folder }) => {
    chmodSync(folder, 0o555);
    const { code, said } = await node(folder, [join('.build', 'ensure.mjs'), '--code'], nobody);
    assert.is(code, 1);
    assert.match(said, /^treadle: cannot write \S*\.cache \(EACCES\)\. .*work in a copy of it\.\n$/);
  });

if (process.platform !== 'win32')
  test('that cannot be written runs programs all the same, once it is built', async ({ folder }) => {
    // What it needs is copied: nobody may look into the folder where this project lies.
    for (const name of ['esbuild', '@esbuild'])
      cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'program.ts'), "const said: string = 'it runs';\nconsole.log(said);\n");
    chmodSync(folder, 0o555);
    const args = ['--import', './.build/typescript-user.mjs', 'program.ts'];
    assert.equal(await node(folder, args, nobody), { code: 0, said: 'it runs\n' });
    assert.not.ok(existsSync(join(folder, '.cache')));
  });

test('on a read-only file system is said to be so, too, and a file that is missing is another error', async () => {
  const { explained } = (await import(pathToFileURL(join(root, '.build/tools.mjs')).href)) as {
    explained: (error: Error) => Error;
  };
  const errorOf = (code: string, syscall: string) =>
    Object.assign(new Error('raw'), { code, syscall, path: '/clone/.cache' });
  // What Node says of a recursive mkdir, and of a file.
  for (const error of [errorOf('ENOENT', 'mkdir'), errorOf('EROFS', 'open')])
    assert.match(explained(error).message, /^treadle: cannot write \/clone\/\.cache \(EROFS\)\./);
  const missing = errorOf('ENOENT', 'open');
  assert.is(explained(missing), missing);
});

test('without a network says soon that it still waits, and does not wait for minutes', async ({ folder }) => {
  const sockets = new Set<Socket>();
  let asked = () => {};
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  const mute = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    asked();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => mute.once('listening', resolve));
  const { port } = mute.address() as AddressInfo;
  const program = `
    import { install, PATIENCE } from './.build/ensure.mjs';
    if (PATIENCE > 9_000) console.error('too patient');
    install({ patience: 200 }).catch((error) => console.error(error.message));`;
  const ended = node(folder, ['--input-type=module', '--eval', program], { env: registry(folder, port) });
  await wasAsked;
  // It answers at last, by hanging up, and from then on nobody is there.
  setTimeout(() => {
    mute.close();
    for (const socket of sockets) socket.destroy();
  }, 300);
  const start = performance.now();
  const { said } = await ended;
  assert.ok(
    performance.now() - start < 50_000,
    'between two tries npm waits for a second or two, and not for a minute',
  );
  assert.match(
    said,
    /^treadle: installing .*\ntreadle: npm ci still waits for the registry\. Is there a network\? .*\n/,
  );
  assert.match(said, /ECONNREFUSED/);
  assert.match(said, /\ntreadle: npm ci failed \(its output is above\)\. Is the registry within reach\?\n$/);
});

test.run();
