// `npm run environments [WORD...]`: packs the package, installs it into fresh projects, and prints a table of where it
// works, and why not elsewhere. Words choose the rows whose name contains one of them. `--write` also writes the table
// into docs/environments.md. It needs the registry, and takes some minutes: one environment at a time. A short form of
// it, which needs neither, is spec/house/environments.spec.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from '../ensure.mjs';
import { root } from '../tools.mjs';
import { NotHere, pack, Project } from './project.mjs';
import { rows as browsers } from './rows-browsers.mjs';
import { rows as bundlers } from './rows-bundlers.mjs';
import { rows as node } from './rows-node.mjs';
import { rows as runtimes } from './rows-runtimes.mjs';
import { rows as tests } from './rows-tests.mjs';
import { rows as types } from './rows-types.mjs';

/** The document that holds the table, between these two lines. */
const document = 'docs/environments.md';
const begin = '<!-- made by npm run environments -->';
const end = '<!-- end -->';

/**
 * The projects, one after the other: rows in succession that need the same packages share one. `packed` is the path of
 * the package.
 */
function projects(packed) {
  let [key, current] = ['', undefined];
  const drop = () => {
    current?.then((project) => project.remove(), () => {}); // prettier-ignore
    [key, current] = ['', undefined];
  };
  const of = ({ packages, manifest }) => {
    const wanted = JSON.stringify([packages, manifest]);
    if (key !== wanted) {
      drop();
      [key, current] = [wanted, Project.with(packed, packages, manifest)];
    }
    return current;
  };
  return { of, drop };
}

/**
 * The result of a row: `works`, `not here`, `no` where it is known that it cannot and the known error came, otherwise
 * `fails`.
 */
async function resultOf(row, project) {
  try {
    const remark = await row.check(await project);
    return { result: 'works', remark: row.limit === undefined ? remark : `no longer: ${row.limit.why}` };
  } catch (error) {
    if (error instanceof NotHere) return { result: 'not here', remark: error.message };
    if (row.limit?.error.test(error.message)) return { result: 'no', remark: row.limit.why };
    return { result: 'fails', remark: firstLine(error.message), details: error.message };
  }
}

/** The line of an output that says most: the first one that names an error. */
function firstLine(text) {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => /error|cannot|could not/i.test(line)) ?? lines[0] ?? '';
}

const cell = (text) => text.replaceAll('|', '\\|');
const lineOf = ({ name, version, result, remark }) => `| ${[name, version, result, remark].map(cell).join(' | ')} |`;

function tableOf(results) {
  const when = new Date().toISOString().slice(0, 10);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const by = `treadle ${version}, on ${when}, by Node ${process.versions.node} on ${process.platform}-${process.arch}.`;
  return [by, '', '| environment | version | | remarks |', '|---|---|---|---|', ...results.map(lineOf)].join('\n');
}

function write(table) {
  const path = join(root, document);
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${document} has no place for the table`);
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);
}

/** Every environment, in the order of the table. */
export const all = [...node, ...types, ...bundlers, ...runtimes, ...tests, ...browsers];

async function main(args) {
  const words = args.filter((arg) => !arg.startsWith('-')).map((word) => word.toLowerCase());
  const chosen = all.filter(
    ({ name, version }) =>
      words.length === 0 || words.some((word) => `${name} ${version}`.toLowerCase().includes(word)),
  );
  await ensure();
  const packed = pack();
  const shared = projects(packed.path);
  const results = [];
  try {
    for (const row of chosen) {
      const { details, ...result } = await resultOf(row, shared.of(row));
      results.push({ ...row, ...result });
      console.log(lineOf(results.at(-1)));
      if (details) console.error(details.split('\n').slice(0, 40).join('\n'));
    }
  } finally {
    shared.drop();
    packed.remove();
  }
  if (args.includes('--write')) write(tableOf(results));
  const count = (wanted) => results.filter(({ result }) => result === wanted).length;
  console.log(`\n${count('works')} work, ${count('no')} cannot, ${count('fails')} fail, ${count('not here')} not here`);
  if (count('fails') > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
