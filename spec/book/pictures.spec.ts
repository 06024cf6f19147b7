// Every picture of the book shows a run that happens: drawn anew, it is the same to the byte. That of the last chapter is
// drawn by hand. It is a map of the kernel, and so it has the files that there are.
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters, withEngines } from '../../demos/book/chapters.ts';
import { picture } from '../../demos/book/pictures/index.ts';
import { filesIn, read } from '../support/package.ts';

const test = suite('pictures of the book');

for (const chapter of chapters) {
  test(`${chapter.number}: has a title, a description, and colours for light and for dark pages`, () => {
    const drawn = read(chapter.file('picture.svg'));
    assert.match(drawn, /<title id="title">[^<]+<\/title>\n<desc id="description">[^<]{40,}<\/desc>/);
    assert.match(drawn, 'prefers-color-scheme: dark');
  });
}

for (const chapter of withEngines) {
  test(`${chapter.number}: is what a run of today looks like`, async () => {
    const drawn = await run(picture(chapter));
    assert.is(drawn, read(chapter.file('picture.svg')), 'node demos book draw draws it anew');
  });
}

test('12: the map has every file of the kernel, and beside each the chapters that quote it', () => {
  const map = read(chapters.at(-1)!.file('picture.svg'));
  const cells = [...map.matchAll(/<text class="(file|chapter)"[^>]*>([^<]+)</g)].map(([, kind, text]) => [kind, text]);
  const drawn = cells.flatMap(([kind, name], i) => (kind === 'file' ? [`${name}: ${cells[i + 1]?.[1]}`] : []));
  const files = [...filesIn('lib/kernel'), 'lib/loop/scheduler.ts', 'lib/loop/pace.ts'];
  const expected = files.map((path) => {
    const quoting = chapters.filter(({ text }) => new RegExp(`^\`\`\`ts from ${path}(#|$)`, 'm').test(read(text)));
    return `${path.replace(/^.*\/(.*)\.ts$/, '$1')}: ${quoting.map(({ number }) => number).join(', ')}`;
  });
  assert.equal(drawn.sort(), expected.sort());
});

test.run();
