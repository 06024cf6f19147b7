// The same tests for each runner: one that passes, and three that must fail and say why.
import { now, Queue, sleep, spawn } from 'treadle';
import { virtually } from 'treadle/testing';

export function declare(test) {
  test(
    'a day passes',
    virtually(function* () {
      yield* sleep(86_400_000);
      if ((yield* now()) !== 86_400_000) throw new Error('no virtual time');
    }),
  );
  test(
    'it fails',
    virtually(function* () {
      yield* spawn(sleep(5_000), { name: 'bystander' });
      yield* sleep(10);
      throw new Error('broken on purpose');
    }),
  );
  test(
    'it leaves a task behind',
    virtually(function* () {
      yield* spawn(sleep(5_000), { name: 'straggler' });
    }),
  );
  test(
    'it waits for ever',
    virtually(function* () {
      yield* new Queue(1, { name: 'nobody' }).get();
    }),
  );
}
