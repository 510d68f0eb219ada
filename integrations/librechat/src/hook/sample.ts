// Which of many events are sent. The rate goes along with each of them, so that nobody takes a part for all.

/** Throws where the rate is none: that is for whoever sets it up to see at once. */
export function checkedRate(name: string, rate: number): number {
  if (!(rate >= 0 && rate <= 1)) throw new TypeError(`${name} is ${rate}: give a number from 0 to 1`);
  return rate;
}

export function isSampled(rate: number): boolean {
  return rate >= 1 || (rate > 0 && Math.random() < rate);
}

/** A part of an event's metadata. */
export function rateTold(rate: number): { sample_rate?: number } {
  return rate >= 1 ? {} : { sample_rate: rate };
}
