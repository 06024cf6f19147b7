// The browser of this machine, for pictures and for specs: a Chromium that is found on PATH, driven by playwright-core.
// Nothing is downloaded.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installed } from '../support/install.ts';
import { here } from './where.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of the browser, or `undefined` if there is none. */
export function browserPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why no browser can be driven here, in a few words; `undefined` if one can. */
export function whyNoBrowser(): string | undefined {
  if (!installed(here)) return 'not installed: npm ci in demos/playground';
  if (browserPath() === undefined) return `no browser: none of ${NAMES.join(', ')} is on PATH`;
  return undefined;
}

/** For `chromium.launch` of playwright-core. The sandbox of Chromium does not start for root, as in a container. */
export const launching = () => ({
  executablePath: browserPath()!,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** For specs, whose folder does not find the packages of this one. They are loaded only where a browser is driven. */
export const loadPlaywright = () => import('playwright-core');
export type { Browser, Page } from 'playwright-core';
/** The source of axe, to be run in a page. */
export const axeSource = (): string => readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
