// A program for `treadle ps` to look into: two tasks that wait for each other, and one that computes when it is told to.
import { coroutine, Lock, on, run, sleep, spawn } from 'treadle';

const transfer = coroutine('transfer', function* (from: Lock, to: Lock) {
  yield* from.acquire();
  yield* sleep(1);
  yield* to.acquire(); // line 7
});

function compute(ms: number): void {
  let sum = 0;
  for (const end = performance.now() + ms; performance.now() < end;) sum += Math.sqrt(sum + 1); // line 12
}

const clerk = coroutine('clerk', function* () {
  const signals = yield* on<[string]>(process, 'SIGUSR2');
  for (let n = 0; ; n++) {
    yield* signals.receive(); // line 18
    console.log(`computes ${n}`);
    compute(Number(process.argv[2] ?? 0)); // line 20
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
    yield* sleep(600_000); // line 33
  })(),
);
