export { type Contender, type Judgement, type JudgeOptions, judge, LEAST_ROUNDS } from './judge.ts';
export { type LimitFinding, type LimitQuestion, limitStanding } from './limit-standing.ts';
export { createScorer, type Scorer } from './scorer.ts';
export { tailQuantile } from './tail-quantile.ts';
export { trimmedMean } from './trimmed-mean.ts';
export { allRequests, type Objective, type PointVisits, sharedRounds, type Visit } from './visit.ts';
export { type Difference, type WeighOptions, type Weights, weighChoices } from './weigh-choices.ts';
