import { sortTables } from './sort-tables.ts';

/* The only script of the nightly page: lets tables be sorted. Without scripts the page is complete. */
sortTables(document);
