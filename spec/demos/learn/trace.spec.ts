// `node demos trace` as a person runs it.
import { suite } from 'uvu';
import { demo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo trace');

test('prints each step, what tasks wait on, and who wakes whom', async () => {
  const ended = await demo('trace --virtual');
  succeeded(ended);
  // A task that is put off because the host has its turn goes on with `perform`: that depends on the machine.
  const out = ended.out.replace(/^.* runs: perform\n/gm, '');
  printed(
    { out },
    `main is spawned
     main runs: start
     producer is spawned by main
     consumer is spawned by main
     main waits on its children
     producer runs: start
     producer waits on sleep(100)
     consumer runs: start
     consumer waits on jobs.get()
     producer is woken
     producer runs: next
     consumer is woken by producer
     producer waits on sleep(100)
     the consumer has warp
     consumer waits on jobs.get()
     producer is woken
     producer runs: next
     consumer is woken by producer
     producer is over: succeeded
     the consumer has weft
     main is woken by consumer
     consumer is over: succeeded
     main runs: children
     main is over: succeeded`,
  );
});

test.run();
