/** The fields of an AI provider: their controls, and which of them a refusal is about. */

import { h } from "./dom.js";

const ABOUT = {
  ai_provider_profile_name_required: "name",
  ai_provider_profile_name_conflict: "name",
  ai_provider_profile_api_base_url_required: "apiBaseUrl",
  ai_provider_profile_api_base_url_invalid: "apiBaseUrl",
  ai_provider_profile_api_key_required: "apiKey",
  ai_provider_profile_api_key_invalid: "apiKey",
  ai_provider_profile_model_name_required: "modelName",
  ai_provider_profile_fallback_order_invalid: "fallbackOrder",
  ai_provider_profile_monthly_budget_invalid: "monthlyBudget",
};

/** The control that a refusal is about; undefined if it is about none. */
export function controlOf({ code, message }) {
  // There are two prices, and the message begins with which.
  if (code !== "ai_provider_profile_price_invalid") return ABOUT[code];
  return message.startsWith("output") ? "outputPricePerMillion" : "inputPricePerMillion";
}

/** What takes numbers, with its step and the most that it takes. */
export const NUMBERS = {
  fallbackOrder: [1, 1000],
  inputPricePerMillion: ["any", 1_000_000],
  outputPricePerMillion: ["any", 1_000_000],
  monthlyBudget: ["any", 1_000_000_000],
};

/** What a test depends on. */
export const TRIED = ["apiBaseUrl", "apiKey", "modelName", "defaultSystemPrompt"];

/** A control for each field, by its name. */
export function made() {
  const texted = (name, maxlength, more = {}) =>
    h("input", { name, maxlength, autocomplete: "off", spellcheck: "false", ...more });
  const numbers = Object.entries(NUMBERS).map(([name, [step, max]]) => {
    const min = step === 1 ? 1 : 0;
    return [name, h("input", { type: "number", name, min, max, step, inputmode: step === 1 ? "numeric" : "decimal" })];
  });
  return {
    name: texted("name", 100, { required: true }),
    apiBaseUrl: texted("apiBaseUrl", 2048, { required: true, inputmode: "url" }),
    apiKey: texted("apiKey", 4096, { type: "password", autocomplete: "new-password" }),
    modelName: texted("modelName", 200),
    isActive: h("input", { name: "isActive" }),
    defaultSystemPrompt: h("textarea", { name: "defaultSystemPrompt", maxlength: 8000 }),
    ...Object.fromEntries(numbers),
  };
}
