// Real browsers: a page is served on 127.0.0.1, opened without a window, and tells the server what it found.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { NotHere } from './project.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' };

/** Settings that keep Firefox from asking its makers for anything at its start. */
const quietFirefox = `
user_pref('browser.shell.checkDefaultBrowser', false);
user_pref('browser.startup.homepage_override.mstone', 'ignore');
user_pref('datareporting.policy.dataSubmissionEnabled', false);
user_pref('toolkit.telemetry.reportingpolicy.firstRun', false);
user_pref('app.normandy.enabled', false);
user_pref('app.update.enabled', false);
user_pref('extensions.update.enabled', false);
user_pref('network.captive-portal-service.enabled', false);
user_pref('network.connectivity-service.enabled', false);
user_pref('services.settings.server', 'http://127.0.0.1:9');
user_pref('browser.safebrowsing.downloads.remote.enabled', false);
`;

const browsers = {
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    args: (profile, url) => [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update', `--user-data-dir=${profile}`, url],
    ],
  },
  firefox: {
    programs: ['firefox', 'firefox-esr'],
    args: (profile, url) => ['--headless', '--no-remote', '--profile', profile, url],
  },
};

/** The program of a browser, and its version. Throws `NotHere`. */
export function browser(name) {
  for (const program of browsers[name].programs) {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { program, version: /[\d.]+\w*/.exec(stdout)?.[0] ?? '' };
  }
  throw new NotHere(`none of ${browsers[name].programs.join(', ')} is installed`);
}

/** Opens a page of the folder. Gives what it tells, by posting that to `/report`. */
export async function open(name, folder, page = 'index.html', { limit = 60_000 } = {}) {
  const { program } = browser(name);
  const profile = mkdtempSync(join(tmpdir(), 'treadle-browser-'));
  if (name === 'firefox') writeFileSync(join(profile, 'user.js'), quietFirefox);
  let child;
  let timer;
  let log = '';
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      server.on('request', (request, response) => {
        if (request.method === 'POST') {
          let body = '';
          request.setEncoding('utf8').on('data', (text) => void (body += text));
          request.on('end', () => (response.end(), resolve(body)));
          return;
        }
        const path = normalize(join(folder, decodeURIComponent(new URL(request.url, 'http://host').pathname)));
        try {
          if (!path.startsWith(folder)) throw new Error('outside');
          const content = readFileSync(path);
          response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
          response.end(content);
        } catch {
          response.writeHead(404).end();
        }
      });
      server.listen(0, '127.0.0.1', () => {
        const url = `http://127.0.0.1:${server.address().port}/${page}`;
        child = spawn(program, browsers[name].args(profile, url), {
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: process.platform !== 'win32', // a group of its own: a browser is many processes
          env: { ...process.env, HOME: profile },
        });
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text) => void (log += text));
        child.on('error', reject);
        child.on('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${log.slice(-500)}`)));
      });
      timer = setTimeout(() => reject(new Error(`the page told nothing within ${limit / 1000} s`)), limit);
    });
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    end(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function end(child) {
  if (child?.pid === undefined) return;
  child.removeAllListeners();
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
