// The payment is tested: as it runs, by every schedule that is on time, and then with timers that may be late.
import { runSync } from 'treadle';
import { explore } from 'treadle/testing';
import { charge, pay } from './order.ts';

const program = () => pay(charge);
const check = (book: string[]) => book.length === 1;

console.log(runSync(program()));

const exact = explore(program, { check, strategy: 'exhaustive' });
console.log(
  `${exact.complete ? 'all' : 'some'} schedules on time (${exact.runs}): ${exact.failure?.kind ?? 'no failure'}`,
);

const { runs, failure } = explore(program, { check, late: 3 });
console.log(`schedule ${runs} with timers up to 3 ms late: ${failure?.error ?? 'no failure'}`);
if (failure) console.log(`\n${failure.schedule}\n\n${failure.table}`);
