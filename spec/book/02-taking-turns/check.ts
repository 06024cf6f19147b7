// Exercise 2: two priorities, and nobody starves.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer } from '../../../demos/book/judge.ts';
import type { PriorityLoop } from '../../../docs/book/02-taking-turns/exercise.ts';

/** Has so many turns, and writes its name down in each. */
function* player(name: string, turns: number, log: string[], last?: () => void): Generator<string, void, any> {
  for (let turn = 1; turn < turns; turn++) {
    log.push(name);
    yield 'yieldNow';
  }
  log.push(name);
  last?.();
}

export function check(answer: Answer): void {
  const Loop = exported<new () => PriorityLoop>(answer, 'PriorityLoop');

  let log: string[] = [];
  let loop = new Loop();
  for (const name of ['a', 'b', 'c']) loop.createTask(player(name, 2, log), 'high');
  loop.runForever();
  must(log.length === 6, `Three tasks with two turns each had ${log.length} turns.`);
  must(
    log.join('') === 'abcabc',
    `Three tasks of one priority should take turns as a b c a b c, but went ${log.join(' ')}.`,
  );

  log = [];
  loop = new Loop();
  for (const name of ['l', 'm']) loop.createTask(player(name, 6, log), 'low');
  for (const name of ['H', 'I']) loop.createTask(player(name, 9, log), 'high');
  loop.runForever();
  must(log.length === 30, `Four tasks that have 30 turns between them had ${log.length}.`);
  const isHigh = (name: string) => /[A-Z]/.test(name);
  const both = log.slice(0, log.length - [...log].reverse().findIndex(isHigh)); // as long as a task of high priority is there
  for (let i = 0; i + 4 <= both.length; i++) {
    const four = both.slice(i, i + 4);
    const high = four.filter(isHigh).length;
    must(high < 4, `A task of low priority starves: it was ready, and four turns in a row were of high priority.`);
    must(
      high > 2,
      `Within four turns (${four.join(' ')}) there were ${4 - high} of low priority, while others were urgent.`,
    );
  }
  must(
    log.filter((name) => !isHigh(name)).join('') === 'lmlmlmlmlmlm',
    `The tasks of low priority should take turns, but went ${log.filter((name) => !isHigh(name)).join(' ')}.`,
  );

  log = [];
  loop = new Loop();
  const later = () => loop.createTask(player('later', 2, log), 'low');
  loop.createTask(player('first', 1, log, later), 'high');
  loop.runForever();
  must(log.length === 3, 'A task that was created while the loop ran did not run to its end.');
}
