// A measuring process of `growth` and `soak`: the lines that it prints, even if it fails later.
import { execFile } from 'node:child_process';
import { suspend } from 'treadle';
import type { Effect } from 'treadle';

export interface Ended {
  /** The lines of its output that are JSON, parsed. */
  readonly lines: unknown[];
  /** Why it failed, if it did. */
  readonly error?: string;
}

/** Runs Node with these arguments. It is killed after `limit` ms, and when the wait is cancelled. */
export function measuring(args: readonly string[], limit: number): Effect<Ended> {
  return suspend<Ended>((resume) => {
    // Coverage or an inspector in the child would be measured, too.
    const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
    const running = execFile(
      process.execPath,
      args,
      { env: { ...env, NODE_ENV: 'production' }, maxBuffer: 1e8, timeout: limit, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const lines = stdout
          .split('\n')
          .filter((line) => /^[[{].*[\]}]$/.test(line))
          .map((line) => JSON.parse(line) as unknown);
        if (!error) return resume({ lines });
        const said = stderr.split('\n').map((line) => line.trim());
        resume({
          lines,
          error:
            error.killed ?
              `took longer than ${limit / 1_000} s`
            : (said.find((line) => /error/i.test(line)) ?? `ended with ${String(error.code ?? error.signal)}`),
        });
      },
    );
    return () => running.kill('SIGKILL');
  });
}
