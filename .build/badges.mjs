// `node .build/badges.mjs` draws the badges of README.md, docs/badges/, from what package.json says, from what a bundle
// weighs, and from what the last whole run of `npm test` has left in coverage/measured.json. No service is asked.
//
// What is measured varies a little from run to run and from machine to machine, so a badge rounds it. `npm test` fails
// when what it measures is no longer what a badge says (`outdated`), and spec/house/badges.spec.ts compares the rest.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sizeOfCore } from './sizes.mjs';
import { root } from './tools.mjs';

const folder = 'docs/badges';
const pages = ['README.md', 'docs/zh/README.md'];
const fileOf = (name) => join(root, folder, `${name}.svg`);

const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The badges that package.json decides: name, label and value. */
export function declared({ version, license, engines, dependencies = {} }) {
  return [
    ['version', 'version', version],
    ['node', 'node', engines.node.replace('>=', '≥ ')],
    ['dependencies', 'dependencies', String(Object.keys(dependencies).length)],
    ['license', 'license', license],
  ];
}

/** The badges that are measured. */
export function measured({ passed, lines, branches, size }) {
  return [
    ['tests', 'tests', `${(Math.floor(passed / 100) * 100).toLocaleString('en-US')}`],
    ['coverage', 'coverage', `${Math.round(lines)} % lines, ${Math.round(branches)} % branches`],
    ['size', 'size', `${(size / 1000).toFixed(1)} kB`],
  ];
}

/** What the badges say that are there. */
export function said() {
  const value = (name) => /aria-label="[^:]*: ([^"]*)"/.exec(readFileSync(fileOf(name), 'utf8'))?.[1] ?? '';
  const number = (text) => Number(text.replace(/[^\d.]/g, ''));
  const [lines, branches] = value('coverage').split(',').map(number);
  return { passed: number(value('tests')), lines, branches, size: 1000 * number(value('size')) };
}

/**
 * What no longer holds, in a line each. Covered lines and branches may be off by less than one per cent. The number of
 * specs may be off by a tenth, because many are skipped where a browser or a database is not installed.
 */
export function outdated(says, now) {
  const tolerance = { passed: says.passed / 10, lines: 1, branches: 1, size: 100 };
  return Object.keys(now)
    .filter((name) => !(Math.abs(says[name] - now[name]) < tolerance[name]))
    .map((name) => `${name}: a badge says ${says[name]}, and it is ${now[name]} (node .build/badges.mjs)`);
}

/** How wide characters of 11 px are, roughly. The picture makes the text exactly so wide, whatever the font. */
const WIDTHS = [
  [/[il.,:' ]/, 3.8],
  [/[trfI]/, 4.6],
  [/[cskz]/, 6],
  [/[mwM%≥]/, 10.5],
  [/./, 7],
];
const MARGIN = 6;
const widthOf = (text) =>
  Math.round([...text].reduce((sum, character) => sum + WIDTHS.find(([which]) => which.test(character))[1], 0));

/** A badge: a label and what it is, the same in the light and in the dark. */
export function draw(label, value) {
  const [left, right] = [widthOf(label) + 2 * MARGIN, widthOf(value) + 2 * MARGIN];
  const text = (x, width, words) =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 2 * MARGIN}" lengthAdjust="spacingAndGlyphs">${words}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}">
<title>${label}: ${value}</title>
<clipPath id="round"><rect width="${left + right}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)"><rect width="${left}" height="20" fill="#4a525c"/><rect x="${left}" width="${right}" height="20" fill="#0a62c4"/></g>
<g fill="#fff" font-family="Verdana, 'DejaVu Sans', Geneva, sans-serif" font-size="11" text-anchor="middle">
${text(0, left, label)}
${text(left, right, value)}
</g>
</svg>
`;
}

/** The page, with badges that say in words what their pictures say. */
export function withWords(page, badges) {
  return badges.reduce(
    (text, [name, label, value]) =>
      text.replace(new RegExp(`!\\[[^\\]]*\\](?=\\([^)]*badges/${name}\\.svg\\))`), `![${label}: ${value}]`),
    page,
  );
}

async function main() {
  const left = join(root, 'coverage/measured.json');
  let last;
  try {
    last = JSON.parse(readFileSync(left, 'utf8'));
  } catch {
    console.error(
      'There is no coverage/measured.json: a whole run of `npm test` leaves it. What it says stays as it was.',
    );
    last = said();
  }
  const badges = [...declared(manifest()), ...measured({ ...last, size: await sizeOfCore() })];
  mkdirSync(join(root, folder), { recursive: true });
  for (const [name, label, value] of badges) {
    writeFileSync(fileOf(name), draw(label, value));
    console.log(`${folder}/${name}.svg  ${label}: ${value}`);
  }
  for (const path of pages) {
    const page = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), withWords(page, badges));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
