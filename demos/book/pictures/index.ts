// The pictures of the book. Each shows a run that was recorded: `node demos book draw` draws them anew, and a spec
// compares. Only that of the last chapter is drawn by hand, because it shows no run: it is a map.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coroutine } from 'treadle';
import { root } from '../assemble.ts';
import { chapters, withEngines } from '../chapters.ts';
import type { Chapter } from '../chapters.ts';
import { perform } from '../perform.ts';
import { clock } from './clock.ts';
import { closing } from './closing.ts';
import { conversation } from './conversation.ts';
import { ends } from './ends.ts';
import { hands } from './hands.ts';
import { mesh } from './mesh.ts';
import type { Event } from './record.ts';
import { staircase } from './staircase.ts';
import { tree } from './tree.ts';
import { turns } from './turns.ts';
import { waits } from './waits.ts';

/** Runs a program of the book with an engine, and gives all that its generators did. */
function* recorded(program: string, engine: string) {
  const text = `
    import { tell, watch } from ${JSON.stringify(join(root, 'demos/book/pictures/record.ts'))};
    import * as engine from './engine.ts';
    watch(engine);
    await import(${JSON.stringify(join(root, program))});
    tell();
  `;
  const { code, err, report } = yield* perform({ entry: program, engine, named: true, text });
  if (code !== 0) throw new Error(`${program} failed while it was recorded: ${err}`);
  return JSON.parse(report) as Event[];
}

/** The program of a chapter, on the engine of that chapter. */
function* programOf({ file }: Chapter) {
  return yield* recorded(file('program.ts'), file('engine.ts'));
}

/** By the number of the chapter. */
const pictures: Record<number, (chapter: Chapter) => Coroutine<string>> = {
  *1(chapter) {
    return conversation(yield* programOf(chapter));
  },
  *2(chapter) {
    return turns(yield* programOf(chapter));
  },
  *3(chapter) {
    return clock(yield* programOf(chapter));
  },
  *4({ file }) {
    return staircase([{ title: 'One resume', events: yield* recorded(file('picture.ts'), file('engine.ts')) }]);
  },
  *5({ file }) {
    const program = (chapters[3] as Chapter).file('picture.ts');
    return staircase([
      {
        title: 'The engine of chapter 4',
        events: yield* recorded(program, (chapters[3] as Chapter).file('engine.ts')),
      },
      { title: 'The engine of chapter 5', events: yield* recorded(program, file('engine.ts')) },
    ]);
  },
  *6(chapter) {
    return ends(yield* programOf(chapter));
  },
  *7(chapter) {
    return tree(yield* programOf(chapter));
  },
  *8(chapter) {
    return closing(yield* programOf(chapter));
  },
  *9({ file }) {
    const before = chapters[7] as Chapter;
    const program = before.file('failure.ts');
    return hands([
      { title: 'The engine of chapter 8', events: yield* recorded(program, before.file('engine.ts')) },
      { title: 'The engine of chapter 9', events: yield* recorded(program, file('engine.ts')) },
    ]);
  },
  *10(chapter) {
    return waits(yield* programOf(chapter));
  },
  *11({ file }) {
    return mesh(yield* recorded(file('picture.ts'), file('engine.ts')));
  },
};

/** The picture of a chapter, drawn of a run that happens now. */
export function* picture(chapter: Chapter) {
  const draw = pictures[chapter.number];
  if (!draw) throw new Error(`chapter ${chapter.number} has no picture`);
  return yield* draw(chapter);
}

export function* drawAll() {
  for (const chapter of withEngines) {
    const path = join(root, chapter.file('picture.svg'));
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const drawn = yield* picture(chapter);
    if (drawn !== before) writeFileSync(path, drawn);
    console.log(`${chapter.file('picture.svg')}${drawn === before ? ' is as it was' : ' is new'}`);
  }
}
