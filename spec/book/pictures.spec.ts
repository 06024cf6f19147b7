// Every picture of the book shows a run that happens: drawn anew, it is the same to the byte.
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters } from '../../demos/book/chapters.ts';
import { picture } from '../../demos/book/pictures/index.ts';
import { read } from '../support/package.ts';

const test = suite('pictures of the book');

for (const chapter of chapters) {
  test(`${chapter.number}: is what a run of today looks like`, async () => {
    const drawn = await run(picture(chapter));
    assert.is(drawn, read(chapter.file('picture.svg')), 'node demos book draw draws it anew');
    assert.match(drawn, /<title id="title">[^<]+<\/title>\n<desc id="description">[^<]{40,}<\/desc>/);
    assert.match(drawn, 'prefers-color-scheme: dark');
  });
}

test.run();
