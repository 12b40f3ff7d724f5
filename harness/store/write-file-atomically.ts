export { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
