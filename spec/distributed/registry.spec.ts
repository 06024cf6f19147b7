// The registry: only what is listed can be called, and by own exports.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportsOf } from '../../lib/distributed/exports.ts';
import { checkModules, pathBelow, Registry, rootOf } from '../../lib/distributed/registry.ts';
import { Callee } from '../../lib/workers/protocol.ts';
import { refuses } from '../support/errors.ts';

const test = suite('the registry of a host');
const root = new URL('file:///app/');

test('a module is named by its path below the root', () => {
  const path = (module: string) => pathBelow(root, new Callee('apply', module, 'f'));
  assert.is(path('file:///app/jobs.js'), 'jobs.js');
  assert.is(path('file:///app/a/b.js'), 'a/b.js');
  assert.is(path('file:///app/a/../b.js'), 'b.js');
  for (const outside of [
    'file:///application/jobs.js',
    'file:///app/../etc/x.js',
    'file:///app/',
    'data:text/javascript,1',
    'node:fs',
  ])
    refuses(() => path(outside), /is not below the root file:\/\/\/app\//);
});

test('the root is a folder of this machine: a URL, or an absolute path', () => {
  for (const given of [root, 'file:///app', '/app', '/app/', new URL('file:///app')])
    assert.is(rootOf('machines', given).href, root.href);
  for (const wrong of [undefined, '', './', 'app', 5, new URL('http://localhost/'), 'http://localhost/'])
    refuses(() => rootOf('machines', wrong), /machines takes the folder of its modules as root/);
});

test('modules are paths below the root', () => {
  assert.equal(checkModules(root, ['jobs.js', 'a/b.js', './c.js']), ['jobs.js', 'a/b.js', 'c.js']);
  // As callers name them: new URL('./a b.js', import.meta.url).
  assert.equal(checkModules(root, ['a b.js', 'jöbs.js']), ['a%20b.js', 'j%C3%B6bs.js']);
  for (const wrong of [
    undefined,
    [],
    'jobs.js',
    ['../jobs.js'],
    ['a/../../b.js'],
    ['/jobs.js'],
    ['./'],
    ['%2e%2e/jobs.js'],
    ['a/.%2E/../b.js'],
    ['.\t./jobs.js'],
    ['..\\b.js'],
    ['jobs.js?x'],
    ['jobs.js#x'],
    ['file:///x.js'],
    ['node:fs'],
    ['data:text/javascript,1'],
    ['jobs.js', 5],
    [''],
  ])
    refuses(() => checkModules(root, wrong), /serve takes the modules it serves, as paths from the root/);
});

test('what is not listed is refused, with what there is', () => {
  const registry = new Registry(root, new Map([['jobs.js', new Set(['page', 'square'])]]));
  assert.is(registry.locate('jobs.js', 'page').href, 'file:///app/jobs.js');
  refuses(() => registry.locate('other.js', 'page'), /"other\.js" is not served here; served are jobs\.js/);
  for (const module of ['../jobs.js', './jobs.js', 'data:text/javascript,1', 'node:process', '__proto__', ''])
    refuses(() => registry.locate(module, 'page'), /is not served here/);
  for (const name of ['then', 'constructor', '__proto__', 'toString', ''])
    refuses(() => registry.locate('jobs.js', name), /has no function .* that can be called; it has page, square/);
});

test('the exports of a module are its own functions', async () => {
  const module = (code: string) => exportsOf(`data:text/javascript,${encodeURIComponent(code)}`);
  assert.equal(
    (await module('export const a = () => 1; export function* b() {} export const c = 3; export class D {}')).sort(),
    ['D', 'a', 'b'],
  );
  assert.equal(
    (await module('export default Object.assign(Object.create({ inherited() {} }), { own() {}, x: 1 })')).sort(),
    ['own'],
  );
  assert.equal(await module('export default 5'), []);
  // A promise would take the module for another promise, and wait for it.
  assert.equal((await module('export const then = () => {}; export const a = () => 1')).sort(), ['a', 'then']);
});

test.run();
