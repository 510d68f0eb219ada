/** What the month will have cost, as the server projects it: for the hero's bar and its sentence. */
import { position } from "./decimal.ts";
import { projectedMoney } from "./money.ts";

/** A projection as the API gives it. */
export type Forecast = { low: string; mid: string; high: string };

/** The parts of the bullet bar, in percent of its width. */
export type Bullet = { spent: number; projected: number; low: number; high: number; label: string };

/** Lays out spent and projected against the high end of the projection, or a budget beyond it. */
export function prepareBullet(spent: string, forecast: Forecast | null): Bullet | null {
  if (forecast === null) return null;
  const reach = Math.max(position(forecast.high), position(spent));
  if (reach <= 0) return null;
  const percent = (amount: string) => Math.min(100, Math.max(0, (position(amount) / reach) * 100));
  return {
    spent: percent(spent),
    projected: Math.max(0, percent(forecast.mid) - percent(spent)),
    low: percent(forecast.low),
    high: percent(forecast.high),
    label: `${projectedMoney(forecast.mid)} (${projectedMoney(forecast.low)}–${projectedMoney(forecast.high)})`,
  };
}
