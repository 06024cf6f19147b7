// The chapters of the book as HTML, in templates of the page: one for each chapter and language. It is made here, because
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
  const templates: string[] = [];
  for (const language of ['en', 'zh'] as const) {
    const folder = FOLDERS[language];
    if (!existsSync(join(root, folder))) continue;
    for (const file of readdirSync(join(root, folder)).sort()) {
      if (!/^\d\d-.*\.md$/.test(file)) continue;
      const text = rendered(new MarkdownIt({ html: false }), withNotices(read(`${folder}/${file}`)), {
        picture: (link) => read(posix.join(folder, link)),
      });
      templates.push(`<template id="ch-${Number(file.slice(0, 2))}-${language}">${text}</template>`);
    }
  }
  return templates.join('\n');
});

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
