// The text of a chapter, in the Read view. The build has made HTML of it, in templates; colours are put in here.
import type { Example } from '../examples/example.ts';
import { byId, html, Html, show } from './dom.ts';
import { highlighted } from './highlight.ts';
import type { Language, Words } from './words.ts';

const template = (example: Example, language: Language): HTMLTemplateElement | null =>
  document.querySelector(`template#${example.id}-${language}`);

export function showChapter(example: Example | undefined, language: Language, words: Words): void {
  const article = byId('chapter');
  const own = example && template(example, language);
  const found = own ?? (example && template(example, 'en'));
  article.lang =
    found && !own ? 'en'
    : language === 'zh' ? 'zh-Hans'
    : 'en';
  const note = example?.note?.[language];
  byId('note').textContent = note ?? '';
  byId('note').hidden = note === undefined;
  if (!found) return show(article, [withoutText(example, language, words)]);
  const notice = own ? '' : html`<p class="behind" lang="zh-Hans">${words.englishOnly}</p>`.text;
  show(article, [new Html(`<div>${notice}${found.innerHTML}</div>`)]);
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
