// A program of a spec that maps items on machines, says `result` for each and `done`. It dies with the spec, however that
// ends. No spec of its own.
import { main } from 'treadle';
import { machines } from 'treadle/distributed';

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
(process.stdin as unknown as { unref?(): void }).unref?.();

const { module, name, items, endless, call, ...options } = JSON.parse(process.argv[2]!);
const root = new URL('../../', import.meta.url); // spec/
function* repeat(item: unknown): Generator<unknown> {
  for (;;) yield item;
}

main(
  (function* () {
    const pool = machines({ ...options, root });
    const all = items ?? repeat(endless);
    for (const next of pool.imap(new URL(module, root), name, all, call)) console.log('result', yield* next);
    console.log('done');
  })(),
);
