import { escapeHtml } from './escape-html.ts';

/** Sentences as a list; nothing for none. */
export function listMarkup(className: 'notes' | 'warnings', sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`);
  return `<ul class="${className}">${items.join('')}</ul>`;
}
