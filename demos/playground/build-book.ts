// The chapters of the book as HTML, in elements of the page that show nothing: one for each chapter and language. It is made here, because
// a program that makes HTML of Markdown would weigh more in the page than the HTML does.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { call, coroutine, fromPromise } from 'treadle';

type Language = 'en' | 'zh';
const FOLDERS: Readonly<Record<Language, string>> = { en: 'docs/book', zh: 'docs/zh/book' };
const BEHIND = '这一节的中文落后于英文原文。';

/** All chapters that there are, in both languages. */
export const chapters = coroutine('chapters', function* (root: string) {
  const { default: MarkdownIt } = yield* call(fromPromise(import('markdown-it')));
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const found: string[] = [];
  const english = new Map<string, string>();
  for (const language of ['en', 'zh'] as const) {
    const folder = FOLDERS[language];
    if (!existsSync(join(root, folder))) continue;
    for (const file of readdirSync(join(root, folder)).sort()) {
      if (!/^\d\d-.*\.md$/.test(file)) continue;
      const text = rendered(new MarkdownIt({ html: false }), withNotices(read(`${folder}/${file}`)), {
        picture: (link) => read(posix.join(folder, link)),
      });
      if (language === 'en') english.set(file, text);
      const short = language === 'en' ? text : folded(text, english.get(file) ?? '');
      if (/<\/?script|<!--/i.test(short)) throw new Error(`${file} has what cannot stand in a script`);
      found.push(`<script type="text/plain" id="ch-${Number(file.slice(0, 2))}-${language}">${short}</script>`);
    }
  }
  return found.join('\n');
});

/**
 * Most lines of the code, and all outputs and pictures, are the same in a Chinese chapter as in the English one. In
 * place of such lines stands which ones they are: `~12` or, for a run of them, `~12+30`. `unfolded` in page/chapter.ts
 * puts them back. That is a quarter of the book.
 */
function folded(chinese: string, english: string): string {
  const theirs = english.split('\n');
  const lines = chinese.split('\n');
  const short: string[] = [];
  for (let i = 0; i < lines.length;) {
    if (lines[i]!.startsWith('~')) throw new Error(`a line that begins with ~ would be taken for others: ${lines[i]}`);
    const { from, length } = longestRun(lines, i, theirs);
    const size = lines.slice(i, i + length).join('\n').length;
    short.push(size > 8 ? `~${from}${length > 1 ? `+${length - 1}` : ''}` : lines[i]!);
    i += size > 8 ? length : 1;
  }
  return short.join('\n');
}

/** The longest run of lines from here on that stands in the other text, too. */
function longestRun(lines: readonly string[], at: number, theirs: readonly string[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = theirs.indexOf(lines[at]!); from >= 0; from = theirs.indexOf(lines[at]!, from + 1)) {
    let length = 1;
    while (at + length < lines.length && lines[at + length] === theirs[from + length]) length++;
    if (length > best.length) best = { from, length };
  }
  return best;
}

/**
 * Under each heading of a Chinese chapter stands which English section it was written from (.build/chinese.mjs). When
 * that has changed since, it says so, and so does the page.
 */
const withNotices = (markdown: string): string =>
  markdown.replace(/^<!-- en: \w+( behind)? -->$/gm, (_, behind?: string) => (behind ? `\n*${BEHIND}*\n` : ''));

interface Sources {
  /** The text of a picture, by the link to it. */
  picture(link: string): string;
}

type Rules = Record<string, (tokens: Token[], index: number, options: unknown, env: unknown, self: unknown) => string>;
interface Token {
  readonly info: string;
  readonly content: string;
  attrGet(name: string): string | null;
}
interface Renderer {
  render(markdown: string): string;
  readonly renderer: { readonly rules: Rules };
  readonly utils: { escapeHtml(text: string): string };
}

function rendered(markdownIt: unknown, markdown: string, { picture }: Sources): string {
  const { renderer, utils, render } = markdownIt as Renderer;
  const { rules } = renderer;
  const escape = utils.escapeHtml;

  rules['fence'] = (tokens, index) => {
    const { info, content } = tokens[index]!;
    const [language = ''] = info.split(' ');
    const [, from] = /\bfrom (\S+)/.exec(info) ?? [];
    const [, output] = /^text (output.*)/.exec(info) ?? [];
    const caption = from ?? output;
    return [
      caption === undefined ? '' : `<p class="caption">${escape(caption)}</p>`,
      `<pre class="${language === 'text' ? 'output' : ''}"><code class="${escape(language)}">${escape(content)}</code></pre>`,
      language === 'ts' && /from 'treadle'/.test(content) ?
        '<p class="try"><button class="small" data-code></button></p>'
      : '',
      '\n',
    ].join('');
  };
  rules['image'] = (tokens, index) => {
    const { content } = tokens[index]!;
    const link = tokens[index]!.attrGet('src') ?? '';
    return `<img alt="${escape(content)}" src="data:image/svg+xml,${inAddress(picture(link))}">`;
  };
  // A chapter is a place of this page. Nothing else that a chapter links to is here.
  rules['link_open'] = (tokens, index) => {
    const link = tokens[index]!.attrGet('href') ?? '';
    const [, number] = /^(?:\.\.\/book\/)?(\d\d)-[\w-]+\.md/.exec(link) ?? [];
    if (number !== undefined) return `<a href="#ch=${Number(number)}&amp;read=1">`;
    return /^https?:/.test(link) ?
        `<a href="${escape(link)}" rel="noreferrer">`
      : `<a class="elsewhere" title="${escape(link)}">`;
  };
  const text = (render as (this: unknown, text: string) => string).call(markdownIt, markdown);
  return text.replaceAll(`<p><em>${BEHIND}</em></p>`, `<p class="behind">${BEHIND}</p>`);
}

/** The fewest changes that make an address of a picture: what is left legible also compresses better. */
const inAddress = (svg: string): string =>
  svg
    .replace(/\n\s*/g, ' ')
    .replace(/"/g, "'")
    .replace(/[%#<>&]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
