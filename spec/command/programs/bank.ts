// A program for `treadle ps` to look into: two tasks that wait for each other, and one that computes when it is told to.
import { coroutine, Lock, on, run, sleep, spawn } from 'treadle';

const transfer = coroutine('transfer', function* (from: Lock, to: Lock) {
  yield* from.acquire();
  yield* sleep(1);
  yield* to.acquire(); // line 7
});

const cell = new Int32Array(new SharedArrayBuffer(4));
/** Stands for work of the processor, and blocks the process like it; but it leaves the processor to others. */
function compute(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;) Atomics.wait(cell, 0, 0, 5); // line 13
}

const clerk = coroutine('clerk', function* () {
  const signals = yield* on<[string]>(process, 'SIGUSR2');
  for (let n = 0; ; n++) {
    yield* signals.receive(); // line 19
    console.log(`computes ${n}`);
    compute(Number(process.argv[2] ?? 0)); // line 21
    console.log(`computed ${n}`);
  }
});

run(
  (function* bank() {
    const [savings, checking] = [new Lock({ name: 'savings' }), new Lock({ name: 'checking' })];
    yield* spawn(transfer(savings, checking), { name: 'save' });
    yield* spawn(transfer(checking, savings), { name: 'spend' });
    yield* spawn(clerk());
    yield* sleep(50);
    console.log('ready');
    yield* sleep(600_000); // line 34
  })(),
);
