/** What the checks and the quarantine of the suite say, in a reader's words. */

const checks: Record<string, string> = {
  daily_stats_equal_interactions: "The days by user come to what the interactions do",
  daily_model_stats_equal_interactions: "The days by model come to what the interactions do",
  daily_agent_stats_equal_interactions: "The days by agent come to what the interactions do",
  daily_agent_model_stats_equal_usage_daily: "The days by agent and model come to what the days by everything do",
  daily_user_slices_equal_usage_daily: "The days of each user's parts come to what the days by everything do",
  usage_daily_equals_interactions: "The days by everything come to what the interactions do",
  latency_daily_equals_interactions: "The days of latencies hold each call once",
  latency_histogram_equals_interactions: "The histograms of latencies hold each call once",
  latency_weekly_equals_its_days: "The weeks of latencies come to what their days do",
  weekly_stats_equals_daily_stats: "The weeks come to what their days do",
  gaps_equal_active_days: "Distinct sessions and users are counted alike in both ways",
  session_gaps_equal_session_days: "Distinct sessions are counted alike in both ways",
  user_gaps_equal_daily_stats: "Distinct users are counted alike in both ways",
  session_equals_its_interactions: "A session comes to what its interactions do",
  estimate_equals_its_lines: "An estimate comes to what its lines do",
  lines_equal_tokens: "An estimate's lines hold the tokens of its interaction",
};

/** A check of the sums in words; one that this page does not know keeps its name, made legible. */
export function checkName(name: string): string {
  return checks[name] ?? name.replaceAll("_", " ");
}

const doubts: [RegExp, (found: RegExpExecArray) => string][] = [
  [/^fell to zero$/, () => "It fell to zero: free of charge, or a mistake of the list?"],
  [/^changed by more than a factor of (\d+)/, ([, factor]) => `It changed by more than ${factor} times.`],
  [/below a part of (\d+) of the input's price$/, ([, part]) => `Writing the cache would cost less than 1/${part} of plain input: providers charge more for it, not less.`],
  [/^a factor of (\S+) is above/, ([, factor]) => `A multiplier of ${factor} is unusual.`],
  [/^(\d+) dollars per million tokens/, ([, dollars]) => `${dollars} dollars for 1 million tokens is more than any model costs.`],
  [/dollars for one$/, () => "It is more for one call than anything costs."],
];

/** Why a price waits, as a sentence; the list's own words where none fits. */
export function doubtText(reason: string | null): string {
  if (reason === null) return "—";
  for (const [form, say] of doubts) {
    const found = form.exec(reason);
    if (found !== null) return say(found);
  }
  return reason;
}
