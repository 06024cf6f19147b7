// One quick run of all workloads, whose figures mean nothing. None of the peers needs to be installed.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Rounds } from '../../../demos/bench/report.ts';
import { workloads } from '../../../demos/bench/workloads/index.ts';
import { temporaryFolder } from '../../support/files.ts';
import { root } from '../../support/package.ts';

const folder = temporaryFolder();

const test = suite('node demos bench --quick');

test('runs every workload with treadle and native, without the peers, and writes JSON', async () => {
  const file = join(folder, 'bench.json');
  const { error, out } = await new Promise<{ error: unknown; out: string }>((resolve) => {
    execFile(
      process.execPath,
      ['demos', 'bench', '--quick', '--json', file],
      { cwd: root, timeout: 400_000 },
      (error, stdout, stderr) => resolve({ error: error && `${error.message}\n${stderr}`, out: stdout }),
    );
  });
  assert.is(error, null, out);
  assert.not.match(out, /failed/i);
  const { quick, workloads: written } = JSON.parse(readFileSync(file, 'utf8')) as {
    quick: boolean;
    workloads: { id: string; rounds: Rounds }[];
  };
  assert.ok(quick);
  assert.equal(
    written.map(({ id }) => id),
    workloads.map(({ id }) => id),
  );
  for (const { id, title, variants } of workloads) {
    const [round = {}] = written.find((one) => one.id === id)!.rounds;
    const local = Object.keys(variants).filter((name) => /^(treadle|native|floor)/.test(name));
    assert.equal(Object.keys(round).sort(), local.sort(), id);
    for (const name of local)
      assert.ok(Object.values(round[name]?.figures ?? {}).every(Number.isFinite), `${id}, ${name}`);
    assert.ok(out.includes(`\n${title.slice(0, 24)}`) || out.includes(`\n${id}: `), `a row for ${id}`);
  }
});

test('runs beside another clone, this one say, and prints both', async () => {
  const { error, out } = await new Promise<{ error: unknown; out: string }>((resolve) => {
    execFile(
      process.execPath,
      ['demos', 'bench', '--quick', '--before', root, '--only', 'spawn-join', '--variants', 'treadle'],
      { cwd: root, timeout: 400_000 },
      (error, stdout, stderr) => resolve({ error: error && `${error.message}\n${stderr}`, out: stdout }),
    );
  });
  assert.is(error, null, out);
  assert.match(out, /^treadle is \S+, before is \S+$/m);
  const rows = out.split('\n').filter((line) => line.startsWith('spawn + join'));
  assert.is(rows.length, 1);
  assert.match(rows[0]!, /^spawn \+ join( +[\d.,]+ (ns|µs|ms)){3} +[\d.]+ +[\d.,]+ +[\d.,]+$/);
});

test.run();
