// What `treadle trace` loads into a process. In spec/command/trace.spec.ts it runs in the processes of the command;
// here it is loaded into this one, where coverage sees it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSync, sleep } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the recorder of the command');

const folder = mkdtempSync(join(tmpdir(), 'treadle-record-'));
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));

test.before(async () => {
  process.env['TREADLE_TRACE'] = folder;
  await import('../../lib/command/record.ts');
  delete process.env['TREADLE_TRACE'];
});

test.after(() => {
  for (const signal of signals)
    for (const listener of process.listeners(signal))
      if (!before.get(signal)!.includes(listener)) process.removeListener(signal, listener);
  rmSync(folder, { recursive: true, force: true });
});

test('waits for the first loop before it listens to the end of the process', () => {
  assert.not(process.listeners('exit').some(({ name }) => name === 'write'));
  for (const signal of signals) assert.is(process.listenerCount(signal), before.get(signal)!.length + 1);
});

test('records the first loops, writes a trace and a timeline of each, and tells what it cannot write', () => {
  for (let loop = 0; loop < 25; loop++) runSync(sleep(5), { name: `main ${loop}` });
  const write = process.listeners('exit').at(-1) as () => void;
  assert.is(write.name, 'write');
  write();
  assert.not(process.listeners('exit').includes(write), 'it writes once');
  const names = readdirSync(folder);
  assert.is(names.filter((name) => name.endsWith('.svg')).length, 20);
  assert.is(names.filter((name) => name.endsWith('.json')).length, 20);
  assert.ok(names.every((name) => name.startsWith(`${process.pid}-`)));

  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file stands in the way');
  const told: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => told.push(args[0]);
  try {
    write();
  } finally {
    console.error = error;
  }
  assert.equal(told, Array(20).fill('treadle: a recording could not be written:'));
});

test('a signal that the program listens to is left to the program', () => {
  const ours = process.listeners('SIGHUP').at(-1) as () => void;
  const theirs = () => {};
  process.on('SIGHUP', theirs);
  try {
    ours(); // alone it would end this process
  } finally {
    process.removeListener('SIGHUP', theirs);
  }
  assert.ok(process.listeners('SIGHUP').includes(ours));
});

test.run();
