import { compareKeys, sortKey } from './sort-key.ts';

/**
 * Makes each column head of each table a button that sorts by it: up, then down. Rows that belong to one above move with it,
 * being in one body. A script makes the buttons, since without one they would do nothing.
 */
export function sortTables(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLTableElement>('.scroll table')) {
    if (table.tBodies.length < 2) continue;
    const heads = [...table.querySelectorAll<HTMLTableCellElement>('thead th')];
    for (const [column, head] of heads.entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.textContent = head.textContent;
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        sortBodies(table, column, up ? 1 : -1);
      });
      head.replaceChildren(button);
    }
  }
}

/** By the first row of each body; equal ones stay in their order. */
function sortBodies(table: HTMLTableElement, column: number, direction: 1 | -1): void {
  const keyed = [...table.tBodies].map((body) => ({
    body,
    key: sortKey(body.rows[0]?.cells[column]?.textContent ?? ''),
  }));
  keyed.sort((a, b) => compareKeys(a.key, b.key, direction));
  table.append(...keyed.map(({ body }) => body));
}
