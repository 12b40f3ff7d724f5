export { AgentFailure } from './agent-failure.ts';
export type { SessionDescription } from './agent-messages.ts';
export type { AgentOptions, AgentProgress } from './agent-options.ts';
export {
  type DeviceMeasurement,
  type DeviceSession,
  type MeasureOptions,
  openDeviceSession,
} from './device-session.ts';
export type { SessionSpec } from './session-spec.ts';
