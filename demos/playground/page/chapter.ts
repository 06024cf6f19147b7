// The text of a chapter, in the Read view. The build has made HTML of it (build-book.ts). Colours are put in here.
import type { Example } from '../examples/example.ts';
import { byId, html, Html, show } from './dom.ts';
import { highlighted } from './highlight.ts';
import type { Language, Words } from './words.ts';

const textOf = (example: Example | undefined, language: Language): string | undefined =>
  (example && document.getElementById(`${example.id}-${language}`)?.textContent) ?? undefined;

/** A Chinese chapter names lines that stand in the English one, too: build-book.ts. */
function unfolded(chinese: string, english: string): string {
  const lines = english.split('\n');
  return chinese.replace(/^~(\d+)(?:\+(\d+))?$/gm, (_, from: string, more = '0') =>
    lines.slice(Number(from), Number(from) + Number(more) + 1).join('\n'),
  );
}

export function showChapter(example: Example | undefined, language: Language, words: Words): void {
  const article = byId('chapter');
  const english = textOf(example, 'en');
  const chinese = language === 'zh' ? textOf(example, 'zh') : undefined;
  const isForeign = language === 'zh' && english !== undefined && chinese === undefined;
  article.lang = language === 'zh' && !isForeign ? 'zh-Hans' : 'en';
  const note = example?.note?.[language];
  byId('note').textContent = note ?? '';
  byId('note').hidden = note === undefined;
  if (english === undefined) return show(article, [withoutText(example, language, words)]);
  const notice = isForeign ? html`<p class="behind" lang="zh-Hans">${words.englishOnly}</p>`.text : '';
  const text = chinese === undefined ? english : unfolded(chinese, english);
  show(article, [new Html(`<div>${notice}${text}</div>`)]);
  for (const code of article.querySelectorAll('pre > code.ts')) code.innerHTML = highlighted(code.textContent ?? '');
  for (const button of article.querySelectorAll('[data-code]')) button.textContent = words.openCode;
  for (const pre of article.querySelectorAll<HTMLElement>('pre')) pre.tabIndex = 0;
}

const withoutText = (example: Example | undefined, language: Language, words: Words): Html =>
  html`<div>
    ${example && html`<h1>${example.number}. ${example.title[language]}</h1>`}
    ${example && html`<p>${example.about[language]}</p>`}
    <p class="quiet">${example?.from === 'museum' ? words.museumText : words.noChapter}</p>
  </div>`;
