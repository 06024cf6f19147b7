// Takes pictures of the page, for README.md: as it is in the light and in the dark.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { call, coroutine, ensure, fromPromise, map } from 'treadle';
import { launching, whyNoBrowser } from './browser.ts';

/** In chapter 9: one clerk waits for the stamp that the other one holds, and is cancelled soon. */
const USUAL = '#ch=9&n=47';
const WIDTH = 1280;
const HEIGHT = 800;

type Theme = 'light' | 'dark';

/** Writes two PNGs of the page, at the given chapter, or at a moment in which there is a lot to see. */
export const takePicture = coroutine('takePicture', function* (page: string, name: string, chapter: string) {
  const why = whyNoBrowser();
  if (why !== undefined) throw new Error(`A picture needs a browser, and there is ${why}`);
  const url = pathToFileURL(page).href + (chapter === '' ? USUAL : `#ch=${chapter}`);
  const browser = yield* call(fromPromise(chromium.launch(launching())));
  yield* ensure(
    map(['light', 'dark'] as const, (theme) => photograph(browser, url, `${name}-${theme}.png`, theme)),
    () => fromPromise(browser.close()),
  );
});

const photograph = coroutine('photograph', function* (browser: Browser, url: string, file: string, theme: Theme) {
  const tab = yield* call(
    fromPromise(
      browser.newPage({
        viewport: { width: WIDTH, height: HEIGHT },
        colorScheme: theme,
        locale: 'en',
        reducedMotion: 'reduce', // nothing is on its way when the picture is taken
      }),
    ),
  );
  yield* call(fromPromise(tab.goto(url)));
  yield* call(fromPromise(tab.waitForFunction(() => document.body.dataset['run'] === 'over')));
  yield* call(fromPromise(tab.screenshot({ path: resolve(file) })));
  console.log(file);
});
