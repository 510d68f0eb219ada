-- A user's whole history, as daily_stats has it.
CREATE VIEW user_stats AS
SELECT user_key,
       MIN(day) AS first_day,
       MAX(day) AS last_day,
       SUM(interaction_count) AS interaction_count,
       SUM(error_count) AS error_count,
       SUM(aborted_count) AS aborted_count,
       SUM(unpriced_count) AS unpriced_count,
       SUM(total_cost / 1000000) AS total_cost_micro,
       SUM(total_cost % 1000000) AS total_cost_rest
FROM daily_stats
GROUP BY user_key;
