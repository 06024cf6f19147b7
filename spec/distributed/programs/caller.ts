// A program of a spec that maps items on machines, says `result` for each and `done`. It dies with the spec, however that
// ends. No spec of its own.
import { run } from 'treadle';
import { machines } from 'treadle/distributed';

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
(process.stdin as unknown as { unref?(): void }).unref?.();

const { module, name, items, call, ...options } = JSON.parse(process.argv[2]!);
const root = new URL('../../', import.meta.url); // spec/
void run(
  (function* () {
    const pool = machines({ ...options, root });
    for (const next of pool.imap(new URL(module, root), name, items, call)) console.log('result', yield* next);
    console.log('done');
  })(),
);
