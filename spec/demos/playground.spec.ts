// `node demos playground`: builds the page, serves it on this machine alone, and complains about what makes no sense.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import { refusal } from '../support/demo-module.ts';
import { demo, succeeded } from '../support/demo.ts';
import { read, root } from '../support/package.ts';

const test = suite('demo playground');
// It would install its packages, which are large.
const withPackages = installed(join(root, 'demos/playground')) ? test : test.skip;

test('a chapter that is none is one line, and exit code 2', async () => {
  for (const number of ['13', '0', 'stopping']) {
    const { code, out, err } = await (number === '13' ? demo(`playground ${number}`) : refusal('playground', number));
    assert.is(code, 2);
    assert.is(out, '');
    assert.is(err, `There is no chapter ${number}: node demos book lists them, 1 to 12\n`);
  }
});

test('its packages are pinned, and the lock file holds no address', () => {
  const { dependencies } = JSON.parse(read('demos/playground/package.json')) as {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  assert.not.match(read('demos/playground/package-lock.json'), /"resolved"/);
});

withPackages('--build builds one file, and says how large it is', async () => {
  const ended = await demo('playground --build');
  succeeded(ended);
  assert.match(ended.out, /^dist\/playground\.html: \d+ kB; by gzip \d+ kB, \d+ kB without the book\n$/);
  const page = read('dist/playground.html');
  assert.not.match(page, /<(?:script|link|img)[^>]*(?:src|href)="(?!data:|#)/);
});

withPackages('serves it on 127.0.0.1, at the chapter that was asked for, until Ctrl-C', async () => {
  let asked: Promise<string[]> | undefined;
  const ended = await demo('playground 7', (out, { child }) => {
    const [, address, hash] = /(http:\/\/127\.0\.0\.1:\d+\/)(\S*)/.exec(out) ?? [];
    if (address === undefined || asked || !out.includes('Ctrl-C')) return;
    const get = async (path: string): Promise<string> => {
      const response = await fetch(address + path);
      return `${response.status} ${response.headers.get('content-type')} ${(await response.text()).slice(0, 15)}`;
    };
    asked = Promise.all([get(''), get('other'), Promise.resolve(hash!)]).finally(() => child.kill('SIGINT'));
  });
  assert.equal(await asked, [
    '200 text/html; charset=utf-8 <!doctype html>',
    '404 text/plain; charset=utf-8 There is only o',
    '#ch=7',
  ]);
  assert.is(ended.err, '');
  assert.is(ended.code, 130);
});

test('nothing of it is in the package', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  assert.equal(files, ['dist', 'lib', '!dist/playground.html']);
  assert.ok(existsSync(join(root, 'demos/playground/page/page.html')));
});

test.run();
