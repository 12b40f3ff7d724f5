export { AgentFailure } from './agent-failure.ts';
export { type AgentInquiry, askAgentInfo } from './agent-info.ts';
export type { AgentInfo, SessionDescription } from './agent-messages.ts';
export type { AgentOptions, AgentProgress } from './agent-options.ts';
export {
  type DeviceInference,
  type DeviceMeasurement,
  type DeviceSession,
  type MeasureOptions,
  openDeviceSession,
} from './device-session.ts';
export type { DecodeForm, SessionSpec } from './session-spec.ts';
