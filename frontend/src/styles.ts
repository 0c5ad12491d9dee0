import { css } from "lit";

export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
    box-sizing: border-box;
    color: var(--primary-text-color);
  }
  .message {
    display: flex;
    flex-direction: column;
    gap: 4px;
    padding: 24px 0;
    text-align: center;
    color: var(--secondary-text-color);
  }
  .header {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    justify-content: space-between;
    align-items: flex-start;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .trouble {
    color: var(--error-color);
    font-weight: 500;
  }
  .dot {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    margin-inline-end: 5px;
    background: var(--success-color);
  }
  .dot.yellow {
    background: var(--warning-color);
  }
  .dot.red {
    background: var(--error-color);
  }
  .dot.black {
    background: var(--primary-text-color);
  }
  .tools {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .ranges {
    display: flex;
    border: 1px solid var(--divider-color);
    border-radius: 999px;
    overflow: hidden;
  }
  button {
    appearance: none;
    border: none;
    background: none;
    color: var(--secondary-text-color);
    font: inherit;
    font-size: var(--ha-font-size-s, 12px);
    min-height: 32px;
    padding: 0 12px;
    cursor: pointer;
  }
  button:focus-visible,
  .reader:focus-visible,
  .table:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  button[aria-pressed="true"] {
    background: var(--secondary-background-color);
    color: var(--primary-text-color);
    font-weight: 600;
  }
  button.icon {
    padding: 0;
    width: 32px;
    border-radius: 50%;
  }
  button.icon svg {
    width: 20px;
    height: 20px;
    fill: currentColor;
    vertical-align: middle;
  }
  .readout {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.6;
    color: var(--secondary-text-color);
  }
  .readout .when {
    min-width: 118px;
    color: var(--primary-text-color);
    font-weight: 600;
  }
  @container (max-width: 520px) {
    .readout .when {
      flex-basis: 100%;
    }
  }
  .readout b {
    color: var(--primary-text-color);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }
  .item {
    white-space: nowrap;
  }
  .item i {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 2px;
    margin-inline-end: 5px;
    background: var(--color);
  }
  .item i.line {
    height: 3px;
    vertical-align: middle;
  }
  .item i.dashes {
    height: 3px;
    vertical-align: middle;
    background: repeating-linear-gradient(90deg, var(--color) 0 4px, transparent 4px 6px);
  }
  .chart {
    position: relative;
    direction: ltr;
    min-height: 320px;
  }
  .chart svg {
    display: block;
    overflow: visible;
  }
  .reader {
    position: absolute;
    top: 0;
    bottom: 0;
    touch-action: pan-y;
    cursor: crosshair;
    border-radius: 4px;
  }
  text {
    font-family: inherit;
    font-size: 11px;
    fill: var(--secondary-text-color);
    paint-order: stroke;
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  text.title,
  text.name {
    font-size: 12px;
    fill: var(--primary-text-color);
  }
  text .hint,
  text.hint {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  text.edge {
    fill: var(--error-color);
  }
  text.day {
    font-weight: 600;
    fill: var(--primary-text-color);
  }
  .grid {
    stroke: var(--divider-color);
    stroke-width: 1;
    opacity: 0.6;
  }
  .midnight {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.5;
  }
  .zero {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.8;
  }
  .line {
    fill: none;
    stroke-width: 1.8;
    stroke-linejoin: round;
  }
  .line.expected {
    stroke-dasharray: 4 3;
  }
  .line.thin {
    stroke-width: 1.2;
  }
  .line.halo {
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 4;
    opacity: 0.8;
  }
  .line.net {
    stroke-width: 1.6;
  }
  .line.limit {
    stroke-dasharray: 6 4;
  }
  .line.level {
    stroke-width: 2;
  }
  .layer {
    opacity: 0.85;
  }
  .track {
    fill: var(--secondary-background-color);
    opacity: 0.6;
  }
  .run {
    fill-opacity: 0.28;
    stroke-width: 1;
  }
  .deadline {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
  }
  .flag {
    fill: var(--primary-text-color);
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-width: 1.2;
    stroke-dasharray: 2 2;
  }
  .now-dot {
    fill: var(--primary-text-color);
    stroke: var(--ha-card-background, var(--card-background-color, #fff));
    stroke-width: 1.5;
  }
  .marker {
    fill: var(--primary-text-color);
    opacity: 0.16;
  }
  .table {
    max-height: 560px;
    overflow: auto;
    border: 1px solid var(--divider-color);
    border-radius: 8px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--ha-font-size-s, 12px);
    font-variant-numeric: tabular-nums;
  }
  caption {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--ha-card-background, var(--card-background-color, #fff));
    vertical-align: bottom;
  }
  th,
  td {
    padding: 5px 10px;
    text-align: end;
    font-weight: 400;
    white-space: nowrap;
    border-bottom: 1px solid var(--divider-color);
  }
  th:first-child {
    text-align: start;
  }
  thead th,
  .day th {
    font-weight: 600;
  }
  small {
    display: block;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .table p {
    margin: 8px 10px;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
`;
