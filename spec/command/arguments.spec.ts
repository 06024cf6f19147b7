// The command line of `treadle`.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readArguments, USAGE } from '../../lib/command/arguments.ts';
import { read } from '../support/package.ts';
import { treadle } from '../support/command.ts';
import { thrown } from '../support/errors.ts';

const test = suite('the command line');

test('is explained in lines of at most 80 columns', async () => {
  for (const args of [['--help'], ['help'], ['-h'], ['ps', '--help'], ['trace', '-h']])
    assert.equal(readArguments(args), { what: 'print', text: USAGE });
  assert.ok(USAGE.split('\n').every((line) => line.length <= 80));
  const { code, out, err } = await treadle('--help');
  assert.equal([code, out, err], [0, `${USAGE}\n`, '']);
});

test('tells the version', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  assert.equal(readArguments(['--version']), { what: 'print', text: version });
});

test('is read', () => {
  assert.equal(readArguments(['ps', '12', '--port', '9230', '--limit=5']), {
    what: 'ps',
    pid: 12,
    port: 9230,
    limit: 5,
    width: Math.max(process.stdout.columns ?? 80, 80),
  });
  assert.equal(readArguments(['trace', '--out', 'there', '--', 'node', 'app.js', '--out', 'x', '--']), {
    what: 'trace',
    command: ['node', 'app.js', '--out', 'x', '--'],
    out: 'there',
  });
});

test('that makes no sense is refused with a line, the usage and exit code 2', async () => {
  const refusal = (...args: string[]) => (thrown(() => readArguments(args)) as Error).message;
  for (const [args, line] of [
    [[], 'usage: treadle ps PID [--port PORT] [--limit TASKS]'],
    [['px'], "treadle: there is no command 'px'"],
    [['ps'], 'treadle: ps takes the id of one process'],
    [['ps', '1', '2'], 'treadle: ps takes the id of one process'],
    [['ps', 'node'], "treadle: PID must be a whole number, 1 or more, not 'node'"],
    [['ps', '0'], "treadle: PID must be a whole number, 1 or more, not '0'"],
    [['ps', '1', '--port', '70000'], "treadle: --port must be a whole number, 1 or more, not '70000'"],
    [['ps', '1', '--limit', '-1'], /^treadle: Option '--limit/],
    [['ps', '1', '--nope'], "treadle: Unknown option '--nope'"],
    [['trace', 'node', 'app.js'], 'treadle: trace takes a command after --'],
    [['trace', '--'], 'treadle: trace takes a command after --'],
    [['trace', '--nope', '--', 'node'], "treadle: Unknown option '--nope'"],
    [['trace', 'extra', '--', 'node'], /^treadle: Unexpected argument 'extra'/],
  ] as const) {
    const [first = '', ...rest] = refusal(...args).split('\n');
    if (typeof line === 'string') assert.is(first, line);
    else assert.match(first, line);
    assert.match([first, ...rest].join('\n'), USAGE);
  }
  const { code, out, err } = await treadle('px');
  assert.equal([code, out, err], [2, '', `treadle: there is no command 'px'\n${USAGE}\n`]);
});

test.run();
