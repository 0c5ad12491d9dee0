// What the page learns from this file: one card, one dashboard strategy.
import { localizer } from "./i18n";
import { CemPlanCard } from "./plan-card";
import { CemStrategy } from "./strategy";

interface CustomCard {
  type: string;
  name: string;
  description: string;
  preview: boolean;
  documentationURL: string;
}

interface CustomStrategy {
  type: string;
  strategyType: "dashboard";
  name: string;
  description: string;
  documentationURL: string;
}

declare global {
  interface Window {
    customCards?: CustomCard[];
    customStrategies?: CustomStrategy[];
  }
}

const DOCUMENTATION = "https://github.com/cem-sgcp/cem_sgcp";

// A page can load this file twice, from an old and a new address: the first stays.
function define(tag: string, element: CustomElementConstructor): boolean {
  if (customElements.get(tag)) return false;
  customElements.define(tag, element);
  return true;
}

const words = localizer(document.documentElement.lang || navigator.language);

if (define("cem-sgcp-plan-card", CemPlanCard)) {
  (window.customCards ??= []).push({
    type: "cem-sgcp-plan-card",
    name: words("card.name"),
    description: words("card.description"),
    preview: true,
    documentationURL: DOCUMENTATION,
  });
}

if (define("ll-strategy-dashboard-cem-sgcp", CemStrategy)) {
  (window.customStrategies ??= []).push({
    type: "cem-sgcp",
    strategyType: "dashboard",
    name: words("strategy.name"),
    description: words("strategy.description"),
    documentationURL: DOCUMENTATION,
  });
}
