// `node demos forgotten` as a person runs it.
import { suite } from 'uvu';
import { demo, printed, sourceOf, succeeded } from '../../support/demo.ts';

const test = suite('demo forgotten');

test('names the two that were forgotten, each with its line, and nothing when none is', async () => {
  const ended = await demo('forgotten --delay 50');
  succeeded(ended);
  const lines = sourceOf('forgotten').split('\n');
  const lineOf = (text: string) => lines.findIndex((line) => line.startsWith(`  ${text}(`)) + 1;
  printed(
    { out: ended.out.replace(/^ *\d+ ms /gm, '') },
    `
    Without yield*:
    before
    after
    greet('World', 50) was made and never yielded
    at demos/learn/21-forgotten.ts:${lineOf('greet')}:3
    sleep(50) was made and never yielded
    at demos/learn/21-forgotten.ts:${lineOf('sleep')}:3
    With it:
    before
    Hello World
    after`,
  );
});

test.run();
