/** The prices of one model. */
export function ModelPrices(_given: { provider: string; model: string }) {
  return null;
}
