// The Chinese documents say what the English ones say, section by section; and the tool that sees to it
// (.build/chinese.mjs).
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters } from '../../demos/book/chapters.ts';
import { chinese as texts } from '../../demos/museum/chinese.ts';
import type { ChinesePiece } from '../../demos/museum/chinese.ts';
import type { Piece } from '../../demos/museum/piece.ts';
import { pieces } from '../../demos/museum/pieces.ts';
import { deadLinks, links } from '../support/documents.ts';
import { filesIn, read, root } from '../support/package.ts';
import { node } from '../support/programs.ts';

interface Section {
  readonly line: number;
  readonly heading: string;
  readonly hash: string | undefined;
  readonly isBehind: boolean;
}
interface Chinese {
  readonly FROM_ASYNCIO: string;
  documents(): string[];
  sections(markdown: string): Section[];
  hashOfSection(section: Section): string;
  compare(path: string, chinese: string, english: string): { problems: string[]; sections: number; behind: number };
  stamped(chinese: string, english: string, line?: number): string;
  markedBehind(chinese: string, english: string): string;
  filled(chinese: string, english: string): string;
  hashOfPiece(piece: Piece): string;
  comparePieces(pieces: readonly Piece[], own: readonly ChinesePiece[]): { problems: string[]; behind: number };
  stampedPieces(source: string, pieces: readonly Piece[], behind?: boolean): string;
  check(): { problems: string[]; sections: number; behind: number; missing: string[] };
}
const chinese = (await import(pathToFileURL(join(root, '.build/chinese.mjs')).href)) as Chinese;

const english = `# 1. Steps

Words, and [a link](01-steps/exercise.ts).

\`\`\`ts run
// Says hello.
console.log('hello // world'); // and no more
\`\`\`
\`\`\`text output
hello // world
\`\`\`

## More

The last
words.
`;

/** A Chinese text of it, stamped. */
const good = chinese.stamped(
  `# 1. 步骤

> **如果你从 asyncio 来。** 这里可以有[别的链接](../glossary.md)。

文字，还有[一个链接](../../book/01-steps/exercise.ts)。

\`\`\`ts run
// 打个招呼。
console.log('hello // world'); // 只此一句
\`\`\`
\`\`\`text output
hello // world
\`\`\`

## 其余

最后的文字。
`,
  english,
);

const path = 'docs/zh/book/01-steps.md';
const problems = (text: string, other = english) => chinese.compare(path, text, other).problems;
/** The one problem of this text. */
function problem(text: string, other = english): string {
  const [first, ...others] = problems(text, other);
  assert.equal(others, []);
  return first ?? 'no problem';
}

const test = suite('Chinese documents');

test('a text that follows the English one passes, whatever its comments say', () => {
  assert.equal(chinese.compare(path, good, english), { problems: [], sections: 2, behind: 0 });
  assert.is(good.match(/^<!-- en: [0-9a-f]{8} -->$/gm)?.length, 2);
});

test('a changed English section is refused, and only that one', () => {
  const changed = english.replace('last\nwords', 'very last words');
  assert.match(problem(good, changed), /^docs\/zh\/book\/01-steps\.md:16: the English section "## More" has changed/);
  assert.match(problem(good, english.replace('## More', '## And more')), '"## And more" has changed');
  assert.equal(problems(good, english.replace('last\nwords', 'last words')), [], 'where lines are broken is no change');
});

test('a section that says `behind` passes, and is counted', () => {
  const changed = english.replace('last\nwords', 'very last words').replace('Words,', 'Many words,');
  const behind = chinese.markedBehind(good, changed);
  assert.equal(chinese.compare(path, behind, changed), { problems: [], sections: 2, behind: 2 });
  assert.is(chinese.markedBehind(good, english), good);
  // It keeps the hash of the English from which it was written, until it is stamped.
  assert.is(behind.replaceAll(' behind -->', ' -->'), good);
  assert.equal(chinese.compare(path, chinese.stamped(behind, changed), changed).behind, 0);
});

test('one section alone can be stamped, by a line in it', () => {
  const changed = english.replace('last\nwords', 'very last words').replace('Words,', 'Many words,');
  const last = good.split('\n').length - 1;
  assert.match(problem(chinese.stamped(good, changed, last), changed), '"# 1. Steps" has changed');
  assert.match(problem(chinese.stamped(good, changed, 1), changed), '"## More" has changed');
});

test('a section without a mark, one too many, one too few and one of another level are refused', () => {
  assert.match(problem(good.replace(/(## 其余\n)<!-- .*\n/, '$1')), '"## 其余" has no mark');
  assert.match(problem(`${good}\n## 又一节\n`), 'the English has no section for "## 又一节"');
  assert.match(problem(good, `${english}\n## Even more\n`), 'there is no section for "## Even more"');
  assert.match(problem(good.replace('## 其余', '### 其余')), 'stands where the English has "## More"');
  assert.throws(() => problems(good.replace('最后', '<!-- en: none -->\n最后')), 'directly under its heading');
});

test('a section of the Chinese document alone says so, and is not compared', () => {
  const more = good.replace('## 其余', '## 只有中文\n<!-- en: none -->\n\n[链接](x.md)\n\n## 其余');
  assert.equal(problems(more), []);
  assert.is(chinese.stamped(more, english), more);
});

test('code that differs from the English is refused, with both lines; a string is no comment', () => {
  assert.match(
    problem(good.replace("hello // world');", "hello // you');")),
    /01-steps\.md:9: the fence has\n {4}console\.log\('hello \/\/ you'\);\nand the English one\n {4}console\.log\('hello \/\/ world'\);$/,
  );
  assert.match(problem(good.replace('ts run', 'ts check')), 'this fence is `ts check`, and in English `ts run`');
  assert.match(
    problem(good.replace("console.log('hello // world'); // 只此一句\n", '')),
    'the fence has\n    (its end)',
  );
});

test('an output is the same to the letter', () => {
  assert.match(problem(good.replace('\nhello // world\n', '\nhello // 世界\n')), 'the fence has\n    hello // 世界\n');
});

test('a fence that is missing is refused, and one that differs can be filled in', () => {
  const without = good.replace(/```text[^]*?```\n/, '');
  assert.match(problem(without), '"# 1. 步骤" has 1 fences, in English 2');
  const empty = good.replace(/(```ts run\n)[^]*?(```)/, '$1$2');
  assert.match(chinese.filled(empty, english), "// Says hello.\nconsole.log('hello // world'); // and no more\n");
  assert.equal(problems(chinese.filled(empty, english)), []);
  assert.is(chinese.filled(good, english), good, 'the Chinese comments stay');
});

test('a fence that is filled in keeps the Chinese comments of the lines that are still there', () => {
  const changed = english.replace('// Says hello.\n', '// Counts.\nlet n = 0;\n// Says hello.\n');
  assert.match(
    chinese.filled(good, changed),
    "```ts run\n// Counts.\nlet n = 0;\n// 打个招呼。\nconsole.log('hello // world'); // 只此一句\n```\n",
  );
  const gone = english.replace(/console\.log\(.*\n/, 'n++; // and no more\n');
  assert.match(chinese.filled(good, gone), '```ts run\n// Says hello.\nn++; // and no more\n```\n');
});

test('a link leads where the English one leads', () => {
  assert.match(
    problem(good.replace('01-steps/exercise.ts', '02-other/exercise.ts')),
    'links to docs/book/02-other/exercise.ts; in English: docs/book/01-steps/exercise.ts',
  );
});

test('a number that was measured anew is named, and the Chinese text needs no more than that number', () => {
  const [before, after] = ['It takes 1,234 ns, 0.5 ms in all', 'It takes 1,300 ns, 0.5 ms in all'].map((text) =>
    english.replace('The last\nwords', text),
  );
  const own = chinese.stamped(good.replace('最后的文字', '要 1,234 ns，一共 0.5 ms'), before!);
  assert.equal(problems(own, before), []);
  assert.match(problem(own, after), /"## 其余" lacks a number of the English: 1,300$/);
  assert.equal(problems(own.replace('1,234', '1,300'), after), []);
});

test('a chapter opens with what it is for those who come from asyncio', () => {
  assert.match(
    problem(good.replace(/^>.*\n/m, '')),
    'opens with a paragraph that begins `> **如果你从 asyncio 来。**`',
  );
});

test('all Chinese documents follow the English ones', () => {
  const { problems, sections, behind, missing } = chinese.check();
  assert.equal(problems, [], `node .build/chinese.mjs\n${problems.join('\n')}`);
  assert.ok(sections >= 3, `${sections} sections`);
  console.log(
    `note: ${sections} sections in Chinese, ${behind} behind${missing.length > 0 ? `, not there: ${missing.join(' ')}` : ''}`,
  );
});

test('no fence escapes: a Chinese document follows an English one, or has no fences', () => {
  const followers = chinese.documents();
  assert.ok(followers.includes('docs/zh/README.md') && followers.includes('docs/zh/book/01-by-hand.md'));
  for (const path of filesIn('docs/zh').filter((path) => path.endsWith('.md') && !followers.includes(path)))
    assert.not.match(read(path), /^\s*[`~]{3}/m, path);
});

test('the Chinese stories of the museum follow the English ones', () => {
  const { problems, behind } = chinese.comparePieces(pieces, texts);
  assert.equal(problems, [], `node .build/chinese.mjs\n${problems.join('\n')}`);
  for (const { title, story } of texts)
    for (const text of [title, ...Object.values(story)]) assert.match(text, /\p{Script=Han}{2}/u);
  console.log(`note: ${texts.length} pieces of the museum in Chinese, ${behind} behind`);
});

test('a changed story is refused until it is stamped, or says that it is behind', () => {
  const { story, ...rest } = pieces[0]!;
  const changed = [{ ...rest, story: { ...story, because: 'For another reason.' } }, ...pieces.slice(1)];
  assert.equal(chinese.comparePieces(changed, texts).problems, [
    `demos/museum/chinese.ts: the English piece 1 has changed since "${texts[0]!.title}" was written`,
  ]);
  const source = read('demos/museum/chinese.ts');
  assert.is(chinese.stampedPieces(source, pieces), source);
  assert.match(chinese.stampedPieces(source, changed), `english: '${chinese.hashOfPiece(changed[0]!)}',`);
  const behind = chinese.stampedPieces(source, changed, true);
  assert.is(behind, source.replace("',", "',\n    behind: true,"));
  assert.is(chinese.stampedPieces(behind, pieces), source);
  const own = [{ ...texts[0]!, behind: true as const }, ...texts.slice(1)];
  const { problems: none, behind: count } = chinese.comparePieces(changed, own);
  assert.equal([none, count], [[], 1]);
  assert.match(chinese.comparePieces(pieces, texts.slice(1)).problems[0]!, 'has 11 pieces, in English 12');
});

test('the table of the Chinese book has each chapter that is in the English one', () => {
  const engine = String.raw`(\d+|treadle (?:itself|本身)) \|(?: \d+ (?:min|分钟) \|)?$`;
  const rows = [
    ...read('docs/zh/book/README.md').matchAll(
      new RegExp(String.raw`^\| (\d+) \| \[(.*)\]\((.*)\.md\)(（英文）)? \| (.*？) \| ${engine}`, 'gm'),
    ),
  ].map(([, ...cells]) => cells);
  const counts = new Map(
    [...read('docs/book/README.md').matchAll(new RegExp(String.raw`^\| (\d+) \|.* \| ${engine}`, 'gm'))].map(
      ([, number, count]) => [number, count?.replace('itself', '本身')],
    ),
  );
  const isBehind = chinese.sections(read('docs/zh/book/README.md')).some((section) => section.isBehind);
  if (!isBehind) assert.is(rows.length, chapters.length);
  for (const [number, title, link, isEnglish, question, count] of rows) {
    const chapter = chapters[Number(number) - 1]!;
    const own = `docs/zh/book/${chapter.name}.md`;
    if (isEnglish) {
      assert.equal([title, link], [chapter.title, `../../book/${chapter.name}`]);
      assert.not(filesIn('docs/zh').includes(own), `${own} is there by now`);
    } else {
      assert.is(link, chapter.name);
      const [heading, , , asked] = read(own).split('\n');
      assert.is(heading, `# ${number}. ${title}`);
      assert.is(asked, `*${question}*`);
    }
    if (!isBehind) assert.is(count, counts.get(number));
  }
});

/** The rows of the tables of a glossary: the cells of each. */
const rowsOf = (document: string) =>
  [...read(document).matchAll(/^\| (?!中文|word|verb)([^|\n]*\|.*) \|$/gm)].map(([, row = '']) =>
    row.split(/ \|(?: |$)/).map((cell) => cell.trim()),
  );
const terms = rowsOf('docs/zh/glossary.md');
/** Words that are not used, each with the one that is. */
const refused = terms.flatMap(([word = '', , , not = '']) =>
  not
    .split('、')
    .filter(Boolean)
    .map((one) => [one, word] as const),
);

/** Each line of this text that has a refused word. */
const refusedIn = (name: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, i) =>
      refused
        .filter(([not]) => line.includes(not))
        .map(([not, word]) => `${name}:${i + 1}: not ${not}, but ${word}: ${line.trim()}`),
    );

test('the Chinese glossary has one word for each word of the English one, in its order', () => {
  const english = rowsOf('docs/glossary.md').map(([word]) => word);
  assert.equal(terms.map(([, word]) => word).slice(0, english.length), english);
  for (const row of terms) {
    assert.is(row.length, 4, row.join(' | '));
    assert.ok(row.slice(0, 3).every(Boolean), row.join(' | '));
  }
});

test('no word of the glossary stands for two things, or is refused elsewhere in it', () => {
  const words = terms.map(([word]) => word);
  assert.equal(
    words.filter((word, i) => words.indexOf(word) < i),
    [],
  );
  for (const [not, word] of refused)
    assert.not(
      words.some((other) => other!.includes(not)),
      `${not}, for ${word}`,
    );
});

test('a refused word is found', () => {
  assert.equal(refusedIn('a.md', '一个任务\n两个纤程\n'), ['a.md:2: not 纤程, but 协程: 两个纤程']);
});

test('no Chinese text uses a word that the glossary refuses', () => {
  const texts = ['docs/zh', 'demos/museum', 'demos/playground']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesIn(folder))
    .filter((path) => /\.(md|ts|html|css|mjs|js)$/.test(path) && !/node_modules|glossary\.md$/.test(path));
  assert.ok(texts.length > 3);
  assert.equal(
    texts.flatMap((path) => refusedIn(path, read(path))),
    [],
  );
});

/** Where a line ends between two Chinese characters: what shows Markdown puts a space there. */
const gapsIn = (name: string, text: string): string[] =>
  text
    .replace(/^(`{3,})[^]*?^\1$/gm, (fence) => fence.replace(/./g, '')) // the lines are still counted
    .split('\n')
    .flatMap((line, i, lines) =>
      /[\p{Script=Han}*]$/u.test(line) && /^(?:> | +)?\p{Script=Han}/u.test(lines[i + 1] ?? '') ?
        [`${name}:${i + 1}: ${line.slice(-8)}`]
      : [],
    );

test('no line ends between two Chinese characters', () => {
  assert.equal(gapsIn('a.md', '一行。\n又一\n行\n\n```ts\n一\n二\n```\n`code`\n行\n'), ['a.md:2: 又一']);
  const all = filesIn('docs/zh').filter((path) => path.endsWith('.md'));
  assert.equal(
    all.flatMap((path) => gapsIn(path, read(path))),
    [],
  );
});

test('no link in a Chinese document leads nowhere, or to an English text that is there in Chinese', () => {
  const inChinese = (document: string) =>
    links(document)
      .map((link) => posix.join(posix.dirname(document), link.replace(/#.*/, '')))
      .filter(
        (path) => /^docs\/book\/\d\d-.*\.md$/.test(path) && existsSync(join(root, path.replace('docs/', 'docs/zh/'))),
      );
  for (const document of filesIn('docs/zh').filter((path) => path.endsWith('.md')))
    assert.equal([...deadLinks(document), ...inChinese(document)], [], document);
});

test('by hand: says how much is behind, stamps, and refuses what makes no sense with exit code 2', async () => {
  const [all, unknown, lost, whole] = await Promise.all([
    node(['.build/chinese.mjs']),
    node(['.build/chinese.mjs', '--stmap']),
    node(['.build/chinese.mjs', '--stamp', 'docs/zh/book/99-lost.md']),
    node(['.build/chinese.mjs', '--stamp']),
  ]);
  assert.is(all.code, 0, all.err);
  assert.match(all.out, /^\d+ sections in Chinese, \d+ of them behind\n$/m);
  for (const { code } of [unknown, lost, whole]) assert.is(code, 2);
  assert.match(unknown.err, 'Unknown option --stmap');
  assert.match(lost.err, 'docs/zh/book/99-lost.md is no Chinese document');
  assert.match(whole.err, '--stamp of which document?');
});

test.run();
