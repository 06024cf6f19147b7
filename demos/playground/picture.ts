// Takes a picture of the page, for the README.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { call, coroutine, ensure, fromPromise } from 'treadle';
import { launching, whyNoBrowser } from './browser.ts';

/** In chapter 9: one clerk waits for the stamp that the other one holds, and is cancelled soon. */
const USUAL = '#ch=9&n=47';
const WIDTH = 1280;
const HEIGHT = 800;

/** Writes a PNG of the page, at the given chapter, or at a moment in which there is a lot to see. */
export const takePicture = coroutine('takePicture', function* (page: string, file: string, chapter: string) {
  const why = whyNoBrowser();
  if (why !== undefined) throw new Error(`A picture needs a browser, and there is ${why}`);
  const hash = chapter === '' ? USUAL : `#ch=${chapter}`;
  const browser = yield* call(fromPromise(chromium.launch(launching())));
  yield* ensure(photograph(browser, pathToFileURL(page).href + hash, resolve(file)), () =>
    fromPromise(browser.close()),
  );
  console.log(file);
});

const photograph = coroutine('photograph', function* (browser: Browser, url: string, path: string) {
  const tab = yield* call(
    fromPromise(
      browser.newPage({
        viewport: { width: WIDTH, height: HEIGHT },
        colorScheme: 'light',
        locale: 'en',
        reducedMotion: 'reduce', // nothing is on its way when the picture is taken
      }),
    ),
  );
  yield* call(fromPromise(tab.goto(url)));
  yield* call(fromPromise(tab.waitForFunction(() => document.body.dataset['run'] === 'over')));
  yield* call(fromPromise(tab.screenshot({ path })));
});
