// A program of a spec that has called something, and ends as it is told on stdin: by 'return' or by 'throw'. What it has
// called last is still under way then. It dies with the spec, however that ends. No spec of its own.
import { main, sleep, spawn } from 'treadle';
import { machines } from 'treadle/distributed';

const { files, ...options } = JSON.parse(process.argv[2]!);
const root = new URL('../../', import.meta.url); // spec/
let told = '';
process.stdin
  .setEncoding('utf8')
  .on('data', (text: string) => (told += text))
  .on('end', () => process.kill(process.pid, 'SIGKILL'));
(process.stdin as unknown as { unref?(): void }).unref?.();

main(
  (function* () {
    const pool = machines({ ...options, root });
    yield* pool.apply(new URL('workers/jobs.js', root), 'square', [3]);
    for (const file of files)
      yield* spawn(pool.apply(new URL('workers/coroutines.js', root), 'patient', [file]), { daemon: true });
    console.log('has called');
    while (told === '') yield* sleep(10);
    if (told.trim() === 'throw') throw new Error('as it was told');
  })(),
);
