// A real browser for specs: the Chromium of this machine, driven by the playwright-core of the playground.
// Nothing is downloaded.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installed } from '../../demos/support/install.ts';
import { root } from './package.ts';

/** What has playwright-core. */
const FOLDER = 'demos/playground';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** What is used of playwright-core, whose types only those have who have installed it. */
export interface Page {
  goto(url: string): Promise<unknown>;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  innerText(selector: string): Promise<string>;
  type(selector: string, text: string, options?: { delay?: number }): Promise<void>;
  waitForSelector(selector: string): Promise<unknown>;
  waitForFunction(expression: string): Promise<unknown>;
  screenshot(options: { path: string }): Promise<unknown>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  setDefaultTimeout(ms: number): void;
}

export interface Browser {
  newPage(options?: { viewport?: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}

function browserPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Why no page can be shown that needs the packages in this folder, in a few words; `undefined` if one can. */
export function whyNoBrowser(folder: string): string | undefined {
  const missing = [FOLDER, folder].filter((one) => !installed(join(root, one)));
  if (missing.length > 0) return `not installed: npm ci in ${missing.join(' and ')}`;
  if (browserPath() === undefined) return `no browser: none of ${NAMES.join(', ')} is on PATH`;
  return undefined;
}

/** The sandbox of Chromium does not start for root, as in a container. */
export async function launch(): Promise<Browser> {
  const entry = join(root, FOLDER, 'node_modules/playwright-core/index.mjs');
  const { chromium } = (await import(entry)) as { chromium: { launch(options: object): Promise<Browser> } };
  return chromium.launch({
    executablePath: browserPath(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
