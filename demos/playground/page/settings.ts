// What the reader has chosen once and for all: the language and the colours. They are kept where the browser allows it.
import type { Language, Theme } from './words.ts';

export interface Settings {
  language: Language;
  theme: Theme;
}

const KEY = 'treadle-playground';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export const nextTheme = (theme: Theme): Theme => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;

export function loadSettings(): Settings {
  const settings: Settings = { language: navigator.language.startsWith('zh') ? 'zh' : 'en', theme: 'system' };
  try {
    const { language, theme } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>;
    if (language === 'en' || language === 'zh') settings.language = language;
    if (theme && THEMES.includes(theme)) settings.theme = theme;
  } catch {
    // Nothing is kept, or it cannot be read. The usual settings do.
  }
  return settings;
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // A page that was opened from a file may have no storage.
  }
}
