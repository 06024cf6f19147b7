// What is known of a process before anything is sent to it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkProcess, inspectorPort, Refusal } from '../../lib/command/process-of.ts';
import { thrown } from '../support/errors.ts';
import { start } from '../support/programs.ts';

const test = suite('a process from outside');

const program = ['--eval', "setTimeout(() => {}, 60_000); console.log('ready');"];

test('that is this very one is refused, and so is one that is gone', () => {
  const refusal = (pid: number): string => {
    const error = thrown(() => checkProcess(pid)) as Error;
    assert.instance(error, Refusal);
    return error.message;
  };
  assert.is(refusal(process.pid), `${process.pid} is this command itself`);
  assert.is(refusal(2 ** 30), `there is no process ${2 ** 30}`);
});

test('that is the first of the machine is never sent a signal', () => {
  // It belongs to somebody else, or, in a container, is a shell or the like. Where it is Node itself, it may be looked
  // into.
  try {
    checkProcess(1);
  } catch (error) {
    assert.instance(error, Refusal);
    assert.match(
      (error as Error).message,
      /^process 1 (belongs to somebody else|is not Node|is not ready|has just ended)/,
    );
  }
});

if (process.platform === 'linux')
  test('that is Node passes, and its port is what it was told: by an option, by the environment, or the usual one', async () => {
    for (const [args, options, port] of [
      [[], '', 9229],
      [['--inspect-port=9331'], '', 9331],
      [['--inspect-port', '9332'], '', 9332],
      [['--inspect-port=127.0.0.1:9333'], '', 9333],
      [[], '--no-warnings --inspect-port=9334', 9334],
      [['--inspect-port=9335'], '--inspect-port=9336', 9335],
    ] as const) {
      const { child, ended, seen } = start(process.execPath, [...args, ...program], {
        env: { NODE_OPTIONS: options, NODE_V8_COVERAGE: undefined },
      });
      await seen(/ready/);
      checkProcess(child.pid!);
      assert.is(inspectorPort(child.pid!), port, [...args, options].join(' '));
      child.kill('SIGKILL');
      await ended;
    }
  });

test.run();
