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
  if (found) {
    show(article, [
      ...(own ? [] : [html`<p class="behind" lang="zh-Hans">${words.englishOnly}</p>`]),
      new Html(found.innerHTML),
    ]);
    for (const code of article.querySelectorAll('pre > code.ts')) code.innerHTML = highlighted(code.textContent ?? '');
    for (const pre of article.querySelectorAll<HTMLElement>('pre')) pre.tabIndex = 0;
  } else {
    show(article, [
      ...(example ?
        [
          html`<h1>${example.number}. ${example.title[language]}</h1>
            <p>${example.about}</p>`,
        ]
      : []),
      html`<p class="quiet">${example?.from === 'museum' ? words.museumText : words.noChapter}</p>`,
    ]);
  }
}
