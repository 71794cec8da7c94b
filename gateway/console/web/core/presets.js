/** The usual services with models that see, as README's table has them. */

/** The address of the engine that is built in. */
const BUILT_IN = "local://";

/**
 * Each fills a form. `keysAt` is where people make a key; without one the server wants some text at
 * most. An empty model is one that only its owner knows.
 */
export const PRESETS = [
  {
    id: "openai",
    address: "https://api.openai.com/v1",
    model: "gpt-4o-mini",
    keysAt: "https://platform.openai.com/api-keys",
  },
  {
    id: "azure",
    address: "https://your-resource.openai.azure.com/openai/v1",
    model: "",
    keysAt: "https://portal.azure.com",
  },
  {
    id: "gemini",
    address: "https://generativelanguage.googleapis.com/v1beta/openai",
    model: "gemini-2.5-flash",
    keysAt: "https://aistudio.google.com/apikey",
  },
  {
    id: "anthropic",
    address: "https://api.anthropic.com/v1",
    model: "claude-haiku-4-5",
    keysAt: "https://console.anthropic.com/settings/keys",
  },
  {
    id: "openrouter",
    address: "https://openrouter.ai/api/v1",
    model: "google/gemini-2.5-flash",
    keysAt: "https://openrouter.ai/settings/keys",
  },
  { id: "ollama", address: "http://127.0.0.1:11434/v1", model: "llama3.2-vision", keysAt: null },
  { id: "lmstudio", address: "http://127.0.0.1:1234/v1", model: "", keysAt: null },
  { id: "vllm", address: "http://127.0.0.1:8000/v1", model: "", keysAt: null },
  { id: "llamacpp", address: "http://127.0.0.1:8080/v1", model: "", keysAt: null },
  { id: "builtin", address: BUILT_IN, model: "", keysAt: null },
];

/** Whether an address is that of the built-in engine. */
export function isBuiltIn(address) {
  return address.trim().toLowerCase().startsWith(BUILT_IN);
}

/** What a key belongs to: scheme, host and port of an address; null if it is none. */
export function originOf(address) {
  if (isBuiltIn(address)) return BUILT_IN;
  const url = URL.parse(address.trim());
  return url && ["http:", "https:"].includes(url.protocol) ? url.origin : null;
}
