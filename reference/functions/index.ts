export { EXP_TABLE_NAME, tableExp } from './exp-table.ts';
export { SIGMOID_TABLE, SIGMOID_TABLE_NAME, type SigmoidTable, tableSigmoid } from './sigmoid-table.ts';
